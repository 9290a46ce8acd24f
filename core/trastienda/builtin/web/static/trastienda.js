// Everything here makes a page quicker; every page works without it.
"use strict";
(() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

  const element = (tag, properties = {}, ...children) => {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  };
  window.trastienda = { $, $$, element };
  /** Folded for searching: case and accents go. */
  const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

  // -- look-ups: search as you type, the arrows choose, the natural key is what is sent
  let found = null;
  const dress = (input) => { for (const [name, value] of [["role", "combobox"], ["aria-expanded", "false"], ["aria-autocomplete", "list"]]) input.setAttribute(name, value); };
  const closeLookup = () => {
    if (!found) return;
    found.list.remove();
    dress(found.input);
    for (const name of ["aria-controls", "aria-activedescendant"]) found.input.removeAttribute(name);
    found = null;
  };
  /** A record that is missing is made in a dialog of its own, and then chosen. */
  const makeQuickly = async (lookup, input) => {
    closeLookup();
    const address = new URL(lookup.dataset.create, location.href);
    address.searchParams.set("text", input.value.trim());
    const dialog = element("dialog", { className: "quick" });
    dialog.addEventListener("close", () => { dialog.remove(); input.focus(); });
    dialog.addEventListener("click", (event) => { if (event.target.closest("[data-close]")) dialog.close(); });
    dialog.addEventListener("submit", async (event) => {
      event.preventDefault();
      event.stopPropagation();
      const answer = await fetch(event.target.action, { method: "POST", body: new FormData(event.target) });
      if (answer.status !== 201) return fill(await answer.text());
      dialog.close();
      choose(lookup, input, await answer.json());
    });
    const fill = (html) => { dialog.innerHTML = html; ($("[aria-invalid], .form-control", dialog) ?? dialog).focus(); };
    document.body.append(dialog);
    fill(await (await fetch(address)).text());
    dialog.showModal();
  };
  const choose = (lookup, input, item) => {
    if (item.create) return makeQuickly(lookup, input);
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
    if (lookup.dataset.create) {
      const text = input.value.trim();
      items = [...items, { create: true }];
      const option = element("li", { id: `${input.id}-found-${items.length - 1}`, role: "option", className: "create", textContent: text ? `${lookup.dataset.createLabel} “${text}”…` : `${lookup.dataset.createLabel}…` });
      option.addEventListener("mousedown", (event) => { event.preventDefault(); choose(lookup, input, { create: true }); });
      list.append(option);
    }
    if (!items.length) list.append(element("li", { className: "none", role: "option", ariaDisabled: "true", textContent: lookup.dataset.none }));
    lookup.append(list);
    const box = input.getBoundingClientRect();
    const below = innerHeight - box.bottom - 8, above = box.top - 8;
    const up = below < list.offsetHeight && above > below;
    const height = Math.min(list.offsetHeight, up ? above : below);
    Object.assign(list.style, { left: `${Math.min(box.left, innerWidth - list.offsetWidth - 8)}px`, top: `${up ? box.top - height - 2 : box.bottom + 2}px`, maxHeight: `${height}px`, minWidth: `${box.width}px` });
    input.setAttribute("aria-expanded", "true");
    input.setAttribute("aria-controls", list.id);
    found = { list, input, items, lookup, at: -1 };
    if (items.length && !items[0].create) mark(0);
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
    if (event.key === "Escape") { event.preventDefault(); closeLookup(); }
    if (!found?.items.length) return;
    if (step) { event.preventDefault(); mark(found.at + step); }
    if (found.at < 0) return;
    if (event.key === "Enter") { event.preventDefault(); choose(found.lookup, found.input, found.items[found.at]); }
    else if (event.key === "Tab" && !found.items[found.at].create) choose(found.lookup, found.input, found.items[found.at]);
  }, true);
  document.addEventListener("scroll", (event) => { if (found && !found.list.contains(event.target)) closeLookup(); }, true);
  document.addEventListener("focusout", (event) => { if (found && event.target === found.input) closeLookup(); });
  document.addEventListener("focusin", ({ target }) => { if (target.matches("[data-lookup] input:not([role])")) dress(target); });
  $$("[data-lookup] input").forEach((input) => { dress(input); explain(input); });

  // days that are typed end the period that was named
  $("#period")?.form.addEventListener("input", ({ target }) => { if (target.type === "date") $("#period").value = ""; });
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
    if (form.method === "post" && button?.formTarget !== "_blank") setTimeout(() => $$("button", form).forEach((b) => (b.disabled = true)));
  });
  addEventListener("pageshow", () => $$("form button:disabled").forEach((b) => (b.disabled = false)));

  // -- palette
  const palette = $("#palette");
  if (palette) {
    const input = $("input", palette);
    const list = $("ul", palette);
    const places = $$("[data-menu] a[data-go]").flatMap((a) => [
      { label: a.textContent.trim(), where: a.dataset.go, url: a.href },
      ...(a.dataset.create ? [{ label: a.dataset.createLabel, where: a.dataset.go, url: a.dataset.create }] : []),
    ]);
    /** What this page's buttons do, first. */
    const here = $$(".head .buttons a.btn, .head .buttons button.btn").map((press) => ({ label: press.textContent.trim(), where: $("h1").textContent.trim(), press }));
    let at = 0;
    const point = (index) => {
      const options = $$("li", list);
      at = options.length ? (index + options.length) % options.length : 0;
      options.forEach((option, i) => option.setAttribute("aria-selected", i === at));
      options[at]?.scrollIntoView({ block: "nearest" });
      input.setAttribute("aria-activedescendant", options[at]?.id ?? "");
    };
    const optionOf = (place, i) => {
      const option = element("li", { id: `palette-${i}`, role: "option" }, element("b", { textContent: place.label }), element("span", { textContent: place.where }));
      option.addEventListener("click", () => { if (!place.press) return location.assign(place.url); palette.close(); place.press.click(); });
      return option;
    };
    const fill = () => {
      const words = fold(input.value).split(/\s+/);
      const matching = [...here, ...places].filter(({ label, where }) => words.every((word) => fold(`${label} ${where}`).includes(word)));
      list.replaceChildren(...matching.map(optionOf));
      $(".palette-none", palette).hidden = matching.length > 0;
      point(0);
      clearTimeout(asking);
      const text = input.value.trim();
      if (text.length > 1) asking = setTimeout(() => findRecords(text), 200);
    };
    let asking = 0;
    /** Records of whatever kind come below the places. */
    const findRecords = async (text) => {
      const answer = await fetch(`/find?q=${encodeURIComponent(text)}`);
      if (!answer.ok || input.value.trim() !== text) return;
      const { items } = await answer.json();
      const start = $$("li", list).length;
      list.append(...items.map((item, i) => optionOf(item, start + i)));
      $(".palette-none", palette).hidden = start + items.length > 0;
      if (!start) point(0);
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
    if (event.key === "Escape" && !$("dialog[open], details.drop[open]") && !typing) $("[data-tour-leave]")?.click();
    if (event.key === "?" && !typing && !$("dialog[open]")) $("#keys")?.showModal();
    if (event.key === "Escape" && location.hash === "#menu") location.hash = "main";
    if (event.key === "Escape") { const drop = $("details.drop[open]"); if (drop) { drop.open = false; $("summary", drop).focus(); } }
  });
  document.addEventListener("click", (event) => $$("details.drop[open]").forEach((drop) => { if (!drop.contains(event.target)) drop.open = false; }));
  $("[data-keys]")?.addEventListener("click", () => $("#keys").showModal());
  $("[data-print]")?.addEventListener("click", () => print());

  // -- files dropped where files are taken
  $$("form[data-drop]").forEach((form) => {
    const over = (on) => (event) => { event.preventDefault(); form.classList.toggle("dropping", on); };
    form.addEventListener("dragover", over(true));
    form.addEventListener("dragleave", over(false));
    form.addEventListener("drop", (event) => {
      over(false)(event);
      if (!event.dataTransfer.files.length) return;
      $("input[type=file]", form).files = event.dataTransfer.files;
      form.requestSubmit();
    });
  });

  // -- what decides which inputs there are is sent at once
  document.addEventListener("change", ({ target }) => {
    if (!target.matches("[data-submit]")) return;
    for (const [name, value] of [["do", "look"], ["changed", target.name]]) target.form.append(element("input", { type: "hidden", name, value }));
    target.form.submit();
  });

  // -- what is done in the background is followed while it runs
  const live = $("[data-live]");
  const follow = async () => {
    const answer = await fetch(location.href).catch(() => null);
    const now = answer && $("[data-live]", new DOMParser().parseFromString(await answer.text(), "text/html"));
    if (now && !live.contains(document.activeElement)) live.replaceChildren(...now.childNodes);
    if ($("[data-busy]", live)) setTimeout(follow, 2000);
  };
  if (live && $("[data-busy]", live)) setTimeout(follow, 1000);

  // -- a page that came back with errors speaks first of them
  $("[data-summary]")?.focus();
})();
