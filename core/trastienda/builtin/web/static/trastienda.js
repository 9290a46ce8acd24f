// Everything here makes a page quicker; every page works without it.
"use strict";
(() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const root = document.documentElement;
  root.classList.add("scripted");
  $$("[data-palette-open], [data-print], [data-select-all], [data-line-copy], [data-line-remove]").forEach((e) => (e.hidden = false));

  const element = (tag, properties = {}, ...children) => {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  };
  /** Folded for searching: case and accents go. */
  const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

  // -- amounts, exactly: BigInt at eight decimals, in the reader's own notation
  const SCALE = 8;
  const { decimal, group } = document.body.dataset;
  const grouped = new RegExp(`^-?\\d{1,3}(\\${group}\\d{3})+(\\${decimal}\\d*)?$`);
  const parse = (text) => {
    const plain = text.replace(/\s/g, "").replaceAll("\u2212", "-");
    const point = group === "." && plain.includes(".") && !grouped.test(plain) && !plain.includes(decimal);
    const found = /^(-?)(\d*)\.?(\d*)$/.exec(point ? plain : plain.replaceAll(group, "").replace(decimal, "."));
    if (!found || found[3].length > SCALE || !(found[2] + found[3])) return 0n;
    const value = BigInt(found[2] + found[3].padEnd(SCALE, "0"));
    return found[1] ? -value : value;
  };
  const format = (value, places) => {
    const digits = (value < 0n ? -value : value).toString().padStart(SCALE + 1, "0");
    const whole = digits.slice(0, -SCALE).replace(/\B(?=(\d{3})+$)/g, group);
    const rest = digits.slice(-SCALE);
    const kept = rest.slice(0, Math.max(places, rest.replace(/0+$/, "").length));
    return (value < 0n ? "\u2212" : "") + whole + (kept ? decimal + kept : "");
  };

  // -- lines of a record
  const columnOf = (input) => input.name.split(".").pop();
  const lineInputs = (line) => $$("input:not([type=hidden]), select, textarea", line).filter((i) => i.name);
  class Grid {
    constructor(section) {
      this.section = section;
      this.name = section.dataset.grid;
      this.body = $("[data-lines]", section);
      this.blank = $("[data-blank]", section);
      this.next = this.lines.reduce((most, line) => Math.max(most, Number(/\.(\d+)\./.exec(lineInputs(line)[0].name)[1])), -1) + 1;
      section.addEventListener("input", () => this.sum());
      section.addEventListener("click", (event) => this.click(event));
      section.addEventListener("keydown", (event) => this.key(event));
      section.addEventListener("paste", (event) => this.paste(event));
      this.sum();
    }
    get lines() { return $$("[data-line]", this.body); }
    add(after = null) {
      const index = String(this.next++);
      const line = $("[data-line]", this.blank.content.cloneNode(true));
      for (const part of $$("*", line)) for (const { name, value } of [...part.attributes])
        if (value.includes("__index__")) part.setAttribute(name, value.replaceAll("__index__", index));
      $$("[hidden]", line).forEach((e) => (e.hidden = false));
      after ? after.after(line) : this.body.append(line);
      this.number();
      return line;
    }
    number() {
      this.lines.forEach((line, place) => {
        $("[data-line-number]", line).textContent = place + 1;
        for (const part of $$("[aria-label]", line)) part.setAttribute("aria-label", part.getAttribute("aria-label").replace(/\d+$|__number__/, place + 1));
      });
    }
    copy(line) {
      const made = this.add(line);
      const from = lineInputs(line);
      lineInputs(made).forEach((input, i) => { input.type === "checkbox" ? (input.checked = from[i].checked) : (input.value = from[i].value); });
      $$("[data-lookup-label]", made).forEach((label, i) => (label.textContent = $$("[data-lookup-label]", line)[i].textContent));
      return made;
    }
    remove(line) {
      const near = line.nextElementSibling?.matches("[data-line]") ? line.nextElementSibling : line.previousElementSibling;
      if (line.nextElementSibling?.matches(".line-errors")) line.nextElementSibling.remove();
      line.remove();
      lineInputs(near?.matches("[data-line]") ? near : this.add())[0].focus();
      this.number();
      this.changed();
    }
    changed() { this.section.dispatchEvent(new Event("input", { bubbles: true })); }
    click(event) {
      const button = event.target.closest("button");
      if (!button) return;
      const line = button.closest("[data-line]");
      if (button.matches("[data-line-add]")) { event.preventDefault(); lineInputs(this.add())[0].focus(); }
      if (button.matches("[data-line-copy]")) { lineInputs(this.copy(line))[0].focus(); this.changed(); }
      if (button.matches("[data-line-remove]")) this.remove(line);
    }
    key(event) {
      const line = event.target.closest("[data-line]");
      if (!line || event.defaultPrevented || !event.target.matches("input, select")) return;
      const move = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
        event.preventDefault();
        const following = this.lines[this.lines.indexOf(line) + 1];
        lineInputs(following ?? this.add(line))[0].focus();
      } else if (event.key === "d" && event.ctrlKey) {
        event.preventDefault();
        lineInputs(this.copy(line))[0].focus();
        this.changed();
      } else if (event.key === "Delete" && event.ctrlKey) {
        event.preventDefault();
        this.remove(line);
      } else if (move && event.target.matches("input:not([type=date])")) {
        const other = this.lines[this.lines.indexOf(line) + move];
        if (!other) return;
        event.preventDefault();
        const same = lineInputs(other)[lineInputs(line).indexOf(event.target)];
        same.focus();
        same.select?.();
      }
    }
    /** Cells copied from a spreadsheet fill rightwards and downwards from where the cursor stands. */
    paste(event) {
      const text = event.clipboardData.getData("text/plain");
      const first = event.target.closest("[data-line]");
      if (!first || !/[\t\n]/.test(text.trim())) return;
      event.preventDefault();
      const from = lineInputs(first).indexOf(event.target);
      let line = first;
      text.replace(/\r?\n$/, "").split(/\r?\n/).forEach((row, down) => {
        if (down) line = this.lines[this.lines.indexOf(line) + 1] ?? this.add(line);
        row.split("\t").forEach((value, right) => {
          const input = lineInputs(line)[from + right];
          if (input) { input.value = value.trim(); input.dispatchEvent(new Event("change", { bubbles: true })); }
        });
      });
      this.changed();
    }
    sum() {
      const totals = {};
      for (const output of $$("[data-total]", this.section)) {
        const column = output.dataset.total;
        totals[column] = this.lines.flatMap(lineInputs).filter((i) => columnOf(i) === column).reduce((sum, i) => sum + parse(i.value), 0n);
        output.textContent = format(totals[column], 2);
      }
      const balance = $("[data-balance]", this.section);
      if (!balance) return;
      const [plus, minus] = [totals[balance.dataset.plus] ?? 0n, totals[balance.dataset.minus] ?? 0n];
      const difference = plus - minus;
      balance.hidden = !plus && !minus;
      balance.classList.toggle("is-even", difference === 0n);
      $("[data-difference]", balance).textContent = format(difference, 2);
    }
  }
  $$("[data-grid]").forEach((section) => new Grid(section));

  // -- look-ups: search as you type, the arrows choose, the natural key is what is sent
  let found = null;
  const closeLookup = () => { found?.list.remove(); found?.input.setAttribute("aria-expanded", "false"); found = null; };
  const choose = (lookup, input, item) => {
    input.value = item.key;
    $("[data-lookup-label]", lookup).textContent = item.label;
    closeLookup();
    input.dispatchEvent(new Event("input", { bubbles: true }));
    closeLookup();
  };
  const mark = (index) => {
    found.at = (index + found.items.length) % found.items.length;
    $$("[role=option]", found.list).forEach((option, i) => {
      option.setAttribute("aria-selected", i === found.at);
      if (i === found.at) { found.input.setAttribute("aria-activedescendant", option.id); option.scrollIntoView({ block: "nearest" }); }
    });
  };
  const showFound = (lookup, input, items) => {
    closeLookup();
    const list = element("ul", { className: "lookup-found", id: `${input.id}-found`, role: "listbox" });
    list.setAttribute("aria-label", input.getAttribute("aria-label") ?? input.labels?.[0]?.textContent ?? "");
    items.forEach((item, i) => {
      const option = element("li", { id: `${input.id}-found-${i}`, role: "option" }, element("b", { textContent: item.key }), element("span", { textContent: item.label }));
      option.addEventListener("mousedown", (event) => { event.preventDefault(); choose(lookup, input, item); });
      list.append(option);
    });
    if (!items.length) list.append(element("li", { className: "none", role: "option", ariaDisabled: "true", textContent: lookup.dataset.none }));
    lookup.append(list);
    const box = input.getBoundingClientRect();
    Object.assign(list.style, { left: `${Math.min(box.left, innerWidth - list.offsetWidth - 8)}px`, top: `${box.bottom + 2}px`, minWidth: `${box.width}px` });
    input.setAttribute("aria-expanded", "true");
    input.setAttribute("aria-controls", list.id);
    found = { list, input, items, lookup, at: -1 };
    if (items.length) mark(0);
  };
  const fetchFound = async (lookup, text) => {
    const url = new URL(lookup.dataset.lookup, location.href);
    url.searchParams.set("q", text);
    const answer = await fetch(url, { headers: { Accept: "application/json" } });
    const items = answer.ok ? (await answer.json()).items : [];
    const begins = (item) => fold(item.key).startsWith(fold(text));
    return [...items.filter(begins), ...items.filter((item) => !begins(item))];
  };
  let waiting = 0;
  document.addEventListener("input", (event) => {
    const lookup = event.target.closest?.("[data-lookup]");
    if (!lookup || !event.isTrusted) return;
    const input = event.target;
    const text = input.value.trim();
    $("[data-lookup-label]", lookup).textContent = "";
    clearTimeout(waiting);
    if (!text) return closeLookup();
    waiting = setTimeout(async () => {
      const items = await fetchFound(lookup, text);
      if (document.activeElement === input && input.value.trim() === text) showFound(lookup, input, items);
    }, 120);
  });
  /** Say what a key that was typed, pasted or sent back stands for. */
  const explain = async (input) => {
    const lookup = input.closest?.("[data-lookup]");
    const label = lookup && $("[data-lookup-label]", lookup);
    const key = input.value.trim();
    if (!label || label.textContent || !key) return;
    const exact = (await fetchFound(lookup, key)).find((item) => fold(item.key) === fold(key));
    if (exact && input.value.trim() === key) { input.value = exact.key; label.textContent = exact.label; }
  };
  document.addEventListener("change", (event) => explain(event.target));
  document.addEventListener("keydown", (event) => {
    if (!found || event.target !== found.input) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape" && location.hash === "#menu") location.hash = "main";
    if (event.key === "Escape") { event.preventDefault(); closeLookup(); }
    if (!found?.items.length) return;
    if (step) { event.preventDefault(); mark(found.at + step); }
    if (event.key === "Enter") { event.preventDefault(); choose(found.lookup, found.input, found.items[found.at]); }
    if (event.key === "Tab") choose(found.lookup, found.input, found.items[found.at]);
  }, true);
  document.addEventListener("scroll", (event) => { if (found && !found.list.contains(event.target)) closeLookup(); }, true);
  document.addEventListener("focusout", (event) => { if (found && event.target === found.input) closeLookup(); });
  $$("[data-lookup] input").forEach((input) => {
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-autocomplete", "list");
    explain(input);
  });

  // an empty day shows no pattern until it is entered
  document.addEventListener("change", ({ target }) => { if (target.type === "date") target.setAttribute("value", target.value); });

  // -- questions before an action, and before leaving what was typed
  const ask = (question) => new Promise((answer) => {
    const dialog = $("#ask");
    $("#ask-question").textContent = question;
    dialog.returnValue = "no";
    dialog.addEventListener("close", () => answer(dialog.returnValue === "yes"), { once: true });
    dialog.showModal();
  });
  const record = $("[data-guard]");
  const snapshot = () => new URLSearchParams([...new FormData(record)].filter(([, value]) => typeof value === "string")).toString();
  let clean = record && snapshot();
  if (record && $("[data-summary]")) clean = "";
  const dirty = () => record && snapshot() !== clean;
  addEventListener("beforeunload", (event) => { if (dirty()) event.preventDefault(); });
  document.addEventListener("submit", async (event) => {
    const { target: form, submitter: button } = event;
    if (event.defaultPrevented || form.method === "dialog") return;
    if (button?.dataset.confirm && !button.dataset.confirmed) {
      event.preventDefault();
      if (!(await ask(button.dataset.confirm))) return;
      button.dataset.confirmed = "yes";
      form.append(element("input", { type: "hidden", name: "_confirmed", value: "1" }));
      return form.requestSubmit(button);
    }
    if (form === record) clean = snapshot();
    if (form.method === "post") setTimeout(() => $$("button", form).forEach((b) => (b.disabled = true)));
  });
  addEventListener("pageshow", () => $$("form button:disabled").forEach((b) => (b.disabled = false)));

  // -- selection in a list
  const bulk = $("[data-bulk]");
  if (bulk) {
    const boxes = $$("input[name=ids]");
    const all = $("[data-select-all]");
    const count = () => {
      const chosen = boxes.filter((box) => box.checked).length;
      const output = $("[data-bulk-count]", bulk);
      output.hidden = false;
      output.textContent = chosen;
      bulk.toggleAttribute("data-none", !chosen);
      all.checked = chosen === boxes.length;
      all.indeterminate = chosen > 0 && !all.checked;
    };
    let last = null;
    boxes.forEach((box, at) => box.addEventListener("click", (event) => {
      if (event.shiftKey && last !== null) boxes.slice(Math.min(at, last), Math.max(at, last) + 1).forEach((b) => (b.checked = box.checked));
      last = at;
      count();
    }));
    all.addEventListener("change", () => { boxes.forEach((box) => (box.checked = all.checked)); count(); });
    count();
  }
  // empty filters stay out of the address
  $("[data-find]")?.addEventListener("formdata", (event) => { for (const [name, value] of [...event.formData]) if (!value) event.formData.delete(name); });

  // -- palette
  const palette = $("#palette");
  if (palette) {
    const input = $("input", palette);
    const list = $("ul", palette);
    const places = $$("[data-menu] a[data-go]").flatMap((a) => [
      { label: a.textContent.trim(), where: a.dataset.go, url: a.href },
      ...(a.dataset.create ? [{ label: a.dataset.createLabel, where: a.dataset.go, url: a.dataset.create }] : []),
    ]);
    let at = 0;
    const point = (index) => {
      const options = $$("li", list);
      at = options.length ? (index + options.length) % options.length : 0;
      options.forEach((option, i) => option.setAttribute("aria-selected", i === at));
      options[at]?.scrollIntoView({ block: "nearest" });
      input.setAttribute("aria-activedescendant", options[at]?.id ?? "");
    };
    const fill = () => {
      const words = fold(input.value).split(/\s+/);
      const matching = places.filter(({ label, where }) => words.every((word) => fold(`${label} ${where}`).includes(word)));
      list.replaceChildren(...matching.map((place, i) => {
        const option = element("li", { id: `palette-${i}`, role: "option" }, place.label, element("span", { textContent: place.where }));
        option.addEventListener("click", () => location.assign(place.url));
        option.dataset.url = place.url;
        return option;
      }));
      $(".palette-none", palette).hidden = matching.length > 0;
      point(0);
    };
    const open = () => { input.value = ""; fill(); palette.showModal(); input.focus(); };
    input.addEventListener("input", fill);
    input.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) { event.preventDefault(); point(at + step); }
      if (event.key === "Enter") { event.preventDefault(); $$("li", list)[at]?.click(); }
    });
    palette.addEventListener("click", (event) => { if (event.target === palette) palette.close(); });
    $("[data-palette-open]").addEventListener("click", open);
    addEventListener("keydown", (event) => { if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") { event.preventDefault(); palette.open ? palette.close() : open(); } });
  }

  // -- the menu keeps the groups that were opened
  const groups = $$("[data-group]");
  const opened = new Set(JSON.parse(localStorage.getItem("menu") ?? "[]"));
  groups.forEach((group) => {
    if (opened.has(group.dataset.group)) group.open = true;
    $("summary", group).addEventListener("click", () => {
      group.open ? opened.delete(group.dataset.group) : opened.add(group.dataset.group);
      localStorage.setItem("menu", JSON.stringify([...opened]));
    });
  });
  $(".menu [aria-current]")?.scrollIntoView({ block: "nearest" });

  // -- keys: / searches, n makes a new one, Ctrl+S saves; Escape and a click outside close what dropped down
  const press = (key) => { const target = $(`[data-key="${key}"]`); target?.matches("input") ? target.focus() : target?.click(); return Boolean(target); };
  addEventListener("keydown", (event) => {
    const typing = event.target.matches("input, textarea, select");
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s" && press("s")) event.preventDefault();
    else if (!typing && !event.ctrlKey && !event.metaKey && !event.altKey && !$("dialog[open]") && "/n".includes(event.key) && press(event.key)) event.preventDefault();
    if (event.key === "Escape" && location.hash === "#menu") location.hash = "main";
    if (event.key === "Escape") { const drop = $("details.drop[open]"); if (drop) { drop.open = false; $("summary", drop).focus(); } }
  });
  document.addEventListener("click", (event) => $$("details.drop[open]").forEach((drop) => { if (!drop.contains(event.target)) drop.open = false; }));
  $("[data-print]")?.addEventListener("click", () => print());

  // -- a page that came back with errors speaks first of them
  $("[data-summary]")?.focus();
})();
