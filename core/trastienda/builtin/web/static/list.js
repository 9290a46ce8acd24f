// Selection, order and previews: what a list has beside the script of every page.
"use strict";
(() => {
  const { $, $$ } = window.trastienda;
  // -- selection in a list
  const bulk = $("[data-bulk]");
  if (bulk) {
    const boxes = $$("input[name=ids]");
    const all = $("[data-select-all]");
    const count = () => {
      const chosen = boxes.filter((box) => box.checked).length;
      const output = $("[data-bulk-count]", bulk);
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
  $("[data-bulk-all]")?.addEventListener("change", ({ target }) => bulk.toggleAttribute("data-none", !target.checked && !$$("input[name=ids]:checked").length));
  // shift and click sorts by one more column
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[aria-sort] a, [role=columnheader] a");
    if (!link || !event.shiftKey) return;
    event.preventDefault();
    const here = new URL(location.href);
    const wanted = new URL(link.href).searchParams.get("sort");
    const bare = (step) => step.replace(/^-/, "");
    const others = (here.searchParams.get("sort") ?? "").split(",").filter((step) => step && bare(step) !== bare(wanted));
    here.searchParams.delete("cursor");
    here.searchParams.set("sort", [...others, wanted].join(","));
    location.assign(here);
  });
  // the order of columns
  $("[data-order]")?.addEventListener("click", (event) => {
    const button = event.target.closest("[data-up], [data-down]");
    const item = button?.closest("li");
    const other = item?.[button.matches("[data-up]") ? "previousElementSibling" : "nextElementSibling"];
    if (!other) return;
    button.matches("[data-up]") ? other.before(item) : other.after(item);
    button.focus();
  });
  // a look at a record beside its list: a click on its row, or the space bar on its link; the arrows go on
  const preview = $("#preview");
  const rowLinks = $$("[data-preview] tbody .first a");
  const look = async (link) => {
    const answer = await fetch(`${link.href}/preview`);
    if (!answer.ok) return location.assign(link.href);
    preview.dataset.at = rowLinks.indexOf(link);
    $("[data-preview-body]").innerHTML = await answer.text();
    if (!preview.open) preview.showModal();
    $("[data-preview-body]").focus({ preventScroll: true });
    preview.scrollTop = 0;
  };
  if (preview) {
    $("[data-preview]")?.addEventListener("click", (event) => {
      const link = event.target.closest("tbody tr")?.querySelector(".first a");
      if (link && !event.target.closest("a, input, label") && !String(getSelection())) look(link);
    });
    $("[data-preview]")?.addEventListener("keydown", (event) => { if (event.key === " " && rowLinks.includes(event.target)) { event.preventDefault(); look(event.target); } });
    preview.addEventListener("keydown", (event) => {
      const next = rowLinks[Number(preview.dataset.at) + ({ ArrowDown: 1, ArrowUp: -1 }[event.key] ?? NaN)];
      if (next) { event.preventDefault(); look(next); }
    });
    preview.addEventListener("close", () => rowLinks[preview.dataset.at]?.focus());
    preview.addEventListener("click", (event) => { if (event.target === preview || event.target.closest("[data-close]")) preview.close(); });
  }
  // a card is dropped where a move of its leads
  const board = $("[data-board]");
  if (board) {
    let held = null;
    const wayTo = (place) => place && held && $(`[data-to="${place.dataset.state}"]`, held);
    $$("[data-card]").forEach((card) => (card.draggable = Boolean($("[data-to]", card))));
    board.addEventListener("dragstart", (event) => { held = event.target.closest("[data-card]"); });
    board.addEventListener("dragover", (event) => {
      const place = event.target.closest("[data-state]");
      $$(".is-over", board).forEach((each) => each.classList.remove("is-over"));
      if (wayTo(place)) { event.preventDefault(); place.classList.add("is-over"); }
    });
    board.addEventListener("drop", (event) => { event.preventDefault(); wayTo(event.target.closest("[data-state]"))?.click(); });
    board.addEventListener("dragend", () => { held = null; $$(".is-over", board).forEach((each) => each.classList.remove("is-over")); });
  }
  // empty filters stay out of the address
  $("[data-find]")?.addEventListener("formdata", (event) => { for (const [name, value] of [...event.formData]) if (!value) event.formData.delete(name); });
})();
