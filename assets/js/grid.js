// The explorer's grid as a tool: which columns and how wide, the keys, and what can be done with selected rows.
// Columns and their order are in the address (cols); widths and density belong to the person.
(function () {
  const board = window.threatboard;
  const PAGE = 100; // rows that Ctrl+A takes
  const HEIGHTS = { comfortable: 36, compact: 28 };
  const AFTER = 800; // milliseconds without another change before widths are stored
  let grid = null;
  let usual = []; // columns of the view, until a person chooses
  let widths = {}; // as the page has them, before the person's own
  let anchor = null; // row a range starts from
  let everything = false; // all that match are meant, not only the rows picked
  let saving = 0;

  const living = () => (grid && !grid.isDestroyed() ? grid : null);
  const columns = () => living().getColumns().filter((column) => column.getColDef().headerName);
  const shown = () => living().getAllDisplayedColumns().filter((column) => column.getColDef().headerName);

  // ---- columns, widths, density

  function look() {
    try {
      const found = JSON.parse(document.documentElement.dataset.look || "{}");
      return { density: found.density in HEIGHTS ? found.density : "comfortable", widths: found.widths || {} };
    } catch {
      return { density: "comfortable", widths: {} };
    }
  }

  const wanted = (text, known) => {
    const names = text.split(",").filter((name) => known.has(name));
    return names.length ? [...new Set(names)] : usual;
  };

  // Called before the grid asks for the rows of a view.
  function layColumns(api, text, own) {
    if (grid !== api) wire(api);
    if (own.length) usual = own;
    const known = new Map(columns().map((column) => [column.getColId(), column]));
    const names = wanted(text, known);
    if (names.join() === shown().map((column) => column.getColId()).join()) return;
    const others = [...known.keys()].filter((name) => !names.includes(name));
    const state = [...names.map((colId) => ({ colId, hide: false })), ...others.map((colId) => ({ colId, hide: true }))];
    api.applyColumnState({ state, applyOrder: true });
  }

  function applyLook() {
    const { density, widths: own } = look();
    const state = Object.entries({ ...widths, ...own })
      .filter(([colId]) => colId in widths)
      .map(([colId, width]) => ({ colId, width }));
    living().applyColumnState({ state });
    if (living().getGridOption("rowHeight") !== HEIGHTS[density]) living().setGridOption("rowHeight", HEIGHTS[density]);
    document.getElementById("explorer-grid")?.classList.toggle("tb-grid-compact", density === "compact");
  }

  function keepLook(next) {
    document.documentElement.dataset.look = JSON.stringify(next);
    clearTimeout(saving);
    saving = setTimeout(() => window.dash_clientside.set_props("explorer-look", { data: next }), AFTER);
  }

  const commitColumns = (names) => board.commit({ cols: names.join() === usual.join() ? null : names.join() });

  function wire(api) {
    grid = api;
    anchor = null;
    everything = false;
    usual = columns().filter((column) => column.isVisible()).map((column) => column.getColId());
    widths = Object.fromEntries(columns().map((column) => [column.getColId(), column.getActualWidth()]));
    applyLook();
    api.addEventListener("columnMoved", ({ finished, source }) => {
      if (finished && source === "uiColumnMoved") commitColumns(shown().map((column) => column.getColId()));
    });
    api.addEventListener("columnResized", ({ finished, source, column }) => {
      if (!finished || !column || !["uiColumnResized", "autosizeColumns"].includes(source)) return;
      const now = look();
      keepLook({ ...now, widths: { ...now.widths, [column.getColId()]: Math.round(column.getActualWidth()) } });
    });
    api.addEventListener("selectionChanged", tell);
    api.addEventListener("rowSelected", ({ source, rowIndex }) => {
      if (source !== "api") anchor = rowIndex; // by its box, or the space bar
    });
    api.addEventListener("cellClicked", ({ event, rowIndex }) => {
      if (event?.shiftKey && !event.ctrlKey && !event.metaKey) {
        window.getSelection()?.removeAllRanges();
        selectTo(rowIndex);
      }
    });
    tell();
  }

  // ---- selection

  function picked() {
    return living() && !everything ? living().getSelectedNodes().map(({ id }) => id) : [];
  }

  function matching() {
    return document.querySelector("#explorer-total b")?.textContent || "";
  }

  function clear() {
    everything = false;
    living()?.deselectAll();
    tell();
  }

  function selectRows(from, to) {
    const nodes = [];
    let missing = 0;
    for (let index = from; index <= to; index += 1) {
      const node = living().getDisplayedRowAtIndex(index);
      if (node?.data) nodes.push(node);
      else missing += 1;
    }
    everything = false;
    living().setNodesSelected({ nodes, newValue: true });
    if (missing) board.toast("Not all were selected", `${missing} rows between these two were not loaded yet.`, "neutral");
  }

  function selectTo(index) {
    const start = anchor ?? living().getFocusedCell()?.rowIndex ?? index;
    selectRows(Math.min(start, index), Math.max(start, index));
  }

  function selectPage() {
    const focused = living().getFocusedCell()?.rowIndex ?? 0;
    const start = focused - (focused % PAGE);
    selectRows(start, Math.min(start + PAGE, living().getDisplayedRowCount()) - 1);
  }

  function button(label, does, main) {
    const made = Object.assign(document.createElement("button"), { type: "button", textContent: label, onclick: does });
    made.className = main ? "tb-button tb-button-main" : "tb-button";
    return made;
  }

  // The strip over the grid: how many, and what can be done with them.
  function tell() {
    const strip = document.getElementById("explorer-selection");
    if (!strip || !living()) return;
    const count = living().getSelectedNodes().length;
    strip.hidden = !count && !everything;
    const words = document.createElement("span");
    words.setAttribute("role", "status");
    if (everything) {
      words.textContent = `All ${matching()} that match are selected.`;
      strip.replaceChildren(words, button("Export them", () => board.exportRows(null)), button("Clear", clear));
      return;
    }
    words.textContent = `${count.toLocaleString("en")} selected.`;
    const actions = [
      messageIds().length ? button("Copy message IDs", copyIds) : null,
      button("Export them", () => board.exportRows(picked())),
      button("Clear", clear),
    ].filter(Boolean);
    if (matching() && matching() !== count.toLocaleString("en")) {
      actions.unshift(button(`Select all ${matching()} that match`, () => { everything = true; tell(); }));
    }
    strip.replaceChildren(words, ...actions);
  }

  // Of the messages behind the rows, each once.
  const messageIds = () => [...new Set(living().getSelectedNodes().map(({ data }) => data?.message?.split(" ")[0]).filter(Boolean))];

  async function copyIds() {
    const ids = messageIds();
    try {
      await navigator.clipboard.writeText(ids.join("\n"));
      board.toast("Copied", ids.length === 1 ? "One message ID." : `${ids.length} message IDs, one a line.`, "neutral");
    } catch {
      board.toast("Not copied", "The browser did not allow it.", "bad");
    }
  }

  // ---- keys

  function focusRow(by) {
    const api = living();
    const now = api.getFocusedCell();
    const index = now ? now.rowIndex + by : Math.max(api.getFirstDisplayedRowIndex(), 0);
    if (index < 0 || index >= api.getDisplayedRowCount()) return;
    api.ensureIndexVisible(index);
    api.setFocusedCell(index, now?.column || shown()[0]);
  }

  function toggle() {
    const index = living().getFocusedCell()?.rowIndex;
    const node = index === undefined ? null : living().getDisplayedRowAtIndex(index);
    if (!node?.data) return;
    everything = false;
    node.setSelected(!node.isSelected());
    anchor = index;
  }

  function range() {
    const index = living().getFocusedCell()?.rowIndex;
    if (index !== undefined) selectTo(index);
  }

  const hasSelection = () => everything || Boolean(living()?.getSelectedNodes().length);
  const KEYS = { j: () => focusRow(1), k: () => focusRow(-1), x: toggle, X: range };
  const FIELDS = "input:not([type=checkbox]), textarea, select, [contenteditable=true], [role=textbox], [role=listbox], [role=menu]";

  const isOpen = () => document.getElementById("flyout-panel")?.hidden === false; // a message; then its keys count

  function doing(event) {
    const held = event.ctrlKey || event.metaKey;
    const inGrid = event.target instanceof Element && event.target.closest("#explorer-grid");
    if (held) return event.key.toLowerCase() === "a" && !event.shiftKey && inGrid ? selectPage : null;
    if (event.key === "Escape") return hasSelection() && !isOpen() ? clear : null;
    if (!board.keysOn() || (isOpen() && (event.key === "j" || event.key === "k"))) return null;
    return KEYS[event.key] || null;
  }

  // Before the grid, which has a meaning of its own for some of them.
  document.addEventListener(
    "keydown",
    (event) => {
      if (!living() || !board.listIsOpen() || event.altKey || event.isComposing || document.querySelector("dialog[open]")) return;
      if (event.target instanceof Element && event.target.closest(FIELDS)) return;
      const does = doing(event);
      if (!does) return;
      event.preventDefault();
      event.stopPropagation();
      does();
    },
    true,
  );

  // Another question has other rows.
  function newQuestion() {
    if (living() && hasSelection()) clear();
    anchor = null;
  }

  Object.assign(board, { layColumns, newQuestion, pickedRows: picked, gridLook: look, keepLook });
  board.gridColumns = () => ({ grid: living(), all: columns(), shown: shown(), usual, commitColumns, applyLook });
})();
