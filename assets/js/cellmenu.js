// What can be done with a value where one sees it: right click on a cell of the grid, or the menu key or Shift+F10 on the
// focused one. The server makes the filter, from what the data has in the cell; the address then holds it.
(function () {
  const board = window.threatboard;
  const unchanged = () => window.dash_clientside.no_update;
  const GRID = "explorer-grid";
  const UNFILTERED = new Set(["Timestamp"]); // the time range is for that
  const MOST_WORDS = 40;
  const MOST_DETAILS = 5;
  let menu = null;
  let back = null; // where the focus returns to
  let stood = 0; // how far from the top that was
  let asked = 0;

  async function cellOf(element) {
    const row = element.closest(".ag-row");
    const field = element.getAttribute("col-id");
    if (!row || !field || !window.dash_ag_grid) return null;
    const api = await window.dash_ag_grid.getApiAsync(GRID);
    const data = api.getDisplayedRowAtIndex(Number(row.getAttribute("row-index")))?.data;
    const column = api.getColumn(field);
    if (!data || !column?.getColDef().headerName) return null;
    const value = data[field];
    const { headerName: label, context } = column.getColDef();
    return { field, label, kind: context?.entity, many: context?.many, data, shown: value === null || value === undefined ? "" : String(value) };
  }

  function narrow({ field, data, shown }, out) {
    const wanted = { field, row: data.id, time: data.Timestamp, shown, out, at: ++asked };
    window.dash_clientside.set_props("explorer-narrow", { data: wanted });
  }

  // A value as the data has it, of no particular row.
  function narrowValue(field, value, out) {
    window.dash_clientside.set_props("explorer-narrow", { data: { field, shown: value, out, at: ++asked } });
  }

  function takeNarrowed(answer) {
    if (!answer) return unchanged();
    if (answer.problem) board.toast("That filter cannot be added", answer.problem, "bad");
    else board.commit({ q: answer.q, off: answer.off, msg: null });
    return unchanged();
  }

  // As dashapp/query/defang.py does it.
  function defanged(text) {
    return text.replace(/\S+/g, (part) => {
      const [, scheme, host, path] = /^([a-z][a-z0-9+.-]*:\/\/)?([^/]*)(.*)$/is.exec(part);
      const safe = (scheme || "").replace(/^http/i, "hxxp").replace(/^ftp/i, "fxp");
      return safe + host.replaceAll("@", "[@]").replaceAll(".", "[.]") + path;
    });
  }

  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      if (!copyByHand(text)) {
        board.toast("Not copied", "The browser did not allow it.", "bad");
        return;
      }
    }
    board.toast("Copied", board.shownText(text.length > 80 ? `${text.slice(0, 80)}…` : text), "neutral");
  }

  function copyByHand(text) {
    const field = Object.assign(document.createElement("textarea"), { value: text });
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    return done;
  }

  // What is shown is the value, or several, unless it has characters written out or is cut.
  function details({ kind, many, shown }) {
    if (!kind || !shown || /⟦U\+|…$/u.test(shown)) return [];
    const values = many ? shown.split(", ").slice(0, MOST_DETAILS) : [shown];
    const named = (value) => (values.length > 1 ? `Open details of “${value.slice(0, MOST_WORDS)}”` : "Open details");
    return values.map((value) => ["info", named(value), () => board.openEntityNamed(`${kind}:${value}`)]);
  }

  function wordsFor(shown) {
    return shown ? `“${shown.slice(0, MOST_WORDS)}${shown.length > MOST_WORDS ? "…" : ""}”` : "no value";
  }

  function actions(cell) {
    const words = wordsFor(cell.shown);
    const filters = [
      ["plus", `Filter for ${words}`, () => narrow(cell, false)],
      ["minus", `Filter out ${words}`, () => narrow(cell, true)],
      ["chart", `Split the chart by ${cell.label.toLowerCase()}`, () => board.commit({ by: cell.field })],
    ];
    return [...details(cell), ...(UNFILTERED.has(cell.field) ? [] : filters), ...copies(cell.shown)];
  }

  const copies = (text) =>
    text
      ? [
          ["copy", "Copy", () => copy(text)],
          ["shield", "Copy defanged", () => copy(defanged(text))],
        ]
      : [];

  // As for a cell, for a value seen elsewhere; shown is how it is called there.
  function valueActions(field, value, shown) {
    const words = wordsFor(shown);
    return [
      ["plus", `Filter for ${words}`, () => narrowValue(field, value, false)],
      ["minus", `Filter out ${words}`, () => narrowValue(field, value, true)],
      ...copies(value),
    ];
  }

  function item([picture, text, run]) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "tb-cell-menu-item" });
    button.setAttribute("role", "menuitem");
    button.tabIndex = -1;
    const icon = Object.assign(document.createElement("span"), { className: `tb-icon tb-icon-${picture} tb-icon-18` });
    icon.setAttribute("aria-hidden", "true");
    button.append(icon, Object.assign(document.createElement("bdi"), { textContent: text }));
    button.addEventListener("click", () => {
      close();
      run();
    });
    return button;
  }

  async function open(element, x, y) {
    const cell = await cellOf(element);
    openMenu(element, cell?.label || "", cell ? actions(cell) : [], x, y);
  }

  // rows: [icon, text, what it does]. The focus goes back to the element.
  function openMenu(element, label, rows, x, y) {
    close();
    if (!rows.length) return;
    back = element;
    stood = element.getBoundingClientRect().top;
    menu = Object.assign(document.createElement("div"), { className: "tb-cell-menu" });
    menu.setAttribute("role", "menu");
    menu.setAttribute("aria-label", label);
    menu.append(...rows.map(item));
    (element.closest("dialog") || document.body).append(menu);
    const { offsetWidth: width, offsetHeight: height } = menu;
    menu.style.left = `${Math.max(8, Math.min(x, window.innerWidth - width - 8))}px`;
    menu.style.top = `${Math.max(8, Math.min(y, window.innerHeight - height - 8))}px`;
    menu.firstElementChild.focus();
  }

  function close() {
    if (!menu) return;
    const inside = menu.contains(document.activeElement);
    menu.remove();
    menu = null;
    if (inside && back?.isConnected) back.focus();
  }

  function step(by) {
    const items = [...menu.children];
    const to = by === "first" ? 0 : by === "last" ? -1 : items.indexOf(document.activeElement) + by;
    items.at(to % items.length).focus();
  }

  const STEPS = { ArrowDown: 1, ArrowUp: -1, Home: "first", End: "last" };
  const inGrid = (event) => event.target.closest?.(`#${GRID} .ag-cell`);
  const selecting = (cell) => {
    const selection = window.getSelection();
    return Boolean(String(selection)) && cell.contains(selection.anchorNode);
  };

  document.addEventListener("contextmenu", (event) => {
    const cell = inGrid(event);
    if (!cell || event.shiftKey || selecting(cell)) return; // the browser's own menu, to copy a part
    event.preventDefault();
    if (!menu || event.button === 2) open(cell, event.clientX, event.clientY);
  });

  document.addEventListener(
    "keydown",
    (event) => {
      if (menu?.contains(event.target)) {
        if (event.key in STEPS) step(STEPS[event.key]);
        else if (event.key === "Escape" || event.key === "Tab") close();
        else return;
      } else {
        const cell = inGrid(event);
        if (!cell || !(event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey))) return;
        const { left, bottom } = cell.getBoundingClientRect();
        open(cell, left + 12, bottom);
      }
      event.preventDefault();
      event.stopPropagation();
    },
    true,
  );
  document.addEventListener("pointerdown", (event) => menu && !menu.contains(event.target) && close(), true);
  // A scroll that brought the element here may be told of after the menu has opened.
  const moved = () => !back?.isConnected || Math.abs(back.getBoundingClientRect().top - stood) > 1;
  document.addEventListener("scroll", (event) => menu && !menu.contains(event.target) && moved() && close(), true);
  window.addEventListener("popstate", close);

  Object.assign(board, { openMenu, valueActions });
  Object.assign(window.dash_clientside.threatboard, { takeNarrowed });
})();
