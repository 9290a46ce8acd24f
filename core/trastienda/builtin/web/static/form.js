// The lines of a record as a grid: what a form has beside the script of every page.
"use strict";
(() => {
  const { $, $$ } = window.trastienda;
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
})();
