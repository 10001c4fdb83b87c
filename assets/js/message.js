// The explorer's flyout: which message is open is in the address (msg); the grid says what comes before and after it.
// Rows that are no messages open the message they are about, or a panel.
(function () {
  const board = window.threatboard;
  const unchanged = () => window.dash_clientside.no_update;
  const PANEL = "flyout-panel";
  const NARROW = "(max-width: 48em)";
  const times = new Map(); // message to the time the grid shows: it is found faster
  let grid = null;
  let column = null; // where the focus was in the grid
  let asked = "";
  let filled = null; // the panel that shows what was asked
  let stepping = false;
  let row = ""; // id of the row that was opened: several may be about one message

  const panel = () => document.getElementById(PANEL);
  const isOpen = () => Boolean(panel() && !panel().hidden);
  const opened = () => new URLSearchParams(window.location.search).get("msg") || "";
  const living = () => (grid && !grid.isDestroyed() ? grid : null);

  // Called when the view or the address changes.
  function openMessage(view, search) {
    if (!view || view.path !== "/explorer" || !panel()) return unchanged();
    const name = new URLSearchParams(search || "").get("msg") || "";
    show(name);
    if (panel() !== filled) asked = ""; // the page was left and is laid out anew
    filled = panel();
    const question = JSON.stringify([name, view]);
    if (question === asked) return unchanged();
    asked = question;
    return name ? { message: name, shown: times.get(name) || "", view } : unchanged();
  }

  function show(name) {
    const was = isOpen();
    panel().hidden = !name;
    mark(name);
    if (name) {
      if (!panel().contains(document.activeElement) && !board.entityOpen()) panel().focus({ preventScroll: true });
      if (panel().dataset.name !== name) panel().querySelector(".tb-card-body").scrollTop = 0;
    } else if (was) {
      forget();
      returnFocus(panel().dataset.name);
    }
    panel().dataset.name = name;
    offer();
  }

  // The next message opened must not show this one first.
  function forget() {
    for (const id of ["flyout-content", "flyout-around"]) window.dash_clientside.set_props(id, { children: null });
    panel().querySelector(".tb-card").classList.remove("has-data", "has-failed");
  }

  // The row that shows a message: the one that was opened, else the first.
  function node(name) {
    const api = living();
    if (!api || !name) return null;
    const known = api.getRowNode(row) || api.getRowNode(name);
    if (known?.data?.message === name) return known;
    let found = null;
    api.forEachNode((one) => (found ||= one.data?.message === name ? one : null));
    return found;
  }

  function returnFocus(name) {
    const index = node(name)?.rowIndex;
    const api = living();
    if (!api || index === null || index === undefined) return;
    const columns = api.getAllDisplayedColumns();
    const place = columns.find((one) => one.getColId() === column) || columns[0];
    api.ensureIndexVisible(index);
    if (place) api.setFocusedCell(index, place);
  }

  // Rows come and go while one scrolls, so a rule marks the open one rather than a class.
  function mark(name) {
    let style = document.getElementById("tb-open-row");
    if (!style) {
      style = Object.assign(document.createElement("style"), { id: "tb-open-row" });
      document.head.append(style);
    }
    const index = name ? node(name)?.rowIndex : null;
    style.textContent = Number.isInteger(index)
      ? `#explorer-grid .ag-row[row-index="${index}"] { background: var(--tb-accent-soft); }`
      : "";
  }

  // Which of the buttons lead anywhere.
  function offer() {
    const index = node(opened())?.rowIndex;
    const known = Number.isInteger(index);
    const last = (living()?.getDisplayedRowCount() || 0) - 1;
    for (const [step, there] of [["-1", known && index > 0], ["1", known && index < last]]) {
      const button = panel().querySelector(`[data-flyout="${step}"]`);
      button.setAttribute("aria-disabled", String(!there));
    }
  }

  function open(data, options) {
    if (!data?.id) return;
    row = data.id;
    if (data.thing) board.openEntityNamed(data.thing);
    else if (!data.message) board.toast("No message", "The data does not say which message this is about.", "neutral");
    else if (data.message === opened()) showRow(); // another row about it
    else {
      if (data.message === data.id && data.Timestamp) times.set(data.message, data.Timestamp);
      board.commit({ msg: data.message }, options);
    }
  }

  function showRow() {
    mark(opened());
    offer();
  }

  const pause = () => new Promise((done) => setTimeout(done, 40));

  // The next row may have to be fetched first.
  async function step(by) {
    const api = living();
    const index = node(opened())?.rowIndex;
    if (!api || stepping || !Number.isInteger(index)) return;
    let wanted = index + by;
    stepping = true;
    try {
      for (let tries = 0; tries < 250 && isOpen() && !api.isDestroyed(); tries += 1) {
        if (wanted < 0 || wanted >= api.getDisplayedRowCount()) return;
        api.ensureIndexVisible(wanted);
        const { data } = api.getDisplayedRowAtIndex(wanted) ?? {};
        if (data?.message) {
          open(data, { instead: true });
          return;
        }
        if (data?.id) wanted += by; // it is about no message
        else await pause();
      }
    } finally {
      stepping = false;
    }
  }

  const close = () => board.commit({ msg: null });

  function wire(api) {
    grid = api;
    const isControl = (target) => target instanceof Element && target.closest("button, input, a, .ag-checkbox, .ag-selection-checkbox");
    api.addEventListener("cellClicked", ({ event, data, column: clicked }) => {
      if (!event || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
      if (isControl(event.target) || window.getSelection()?.toString()) return;
      column = clicked.getColId();
      open(data, { instead: isOpen() });
    });
    api.addEventListener("cellKeyDown", ({ event, data, column: pressed }) => {
      if (event.key !== "Enter" || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (isControl(event.target)) return;
      event.preventDefault();
      column = pressed.getColId();
      open(data, { instead: isOpen() });
    });
    api.addEventListener("modelUpdated", () => {
      if (isOpen()) showRow();
    });
    if (isOpen()) showRow();
  }

  document.addEventListener("tb-grid", ({ detail }) => wire(detail));

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-flyout]");
    if (!button) return;
    if (button.dataset.flyout === "close") close();
    else step(Number(button.dataset.flyout));
  });

  const FIELDS = "input, textarea, select, [contenteditable=true], [role=textbox], [role=listbox], [role=menu]";
  // Before all others: while a message is open these keys are its own.
  document.addEventListener(
    "keydown",
    (event) => {
      if (!isOpen() || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
      if (document.querySelector("dialog[open]")) return;
      if (event.target instanceof Element && event.target.closest(FIELDS)) return;
      const doing = { Escape: close, j: () => step(1), k: () => step(-1) }[event.key];
      if (!doing || (event.key !== "Escape" && !board.keysOn())) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      doing();
    },
    true,
  );

  // On a narrow screen it covers everything, so the keyboard stays in it.
  document.addEventListener("focusin", (event) => {
    if (!isOpen() || !window.matchMedia(NARROW).matches || !(event.target instanceof Element)) return;
    if (panel().contains(event.target) || event.target.closest("dialog, [role=dialog], .mantine-Notifications-root")) return;
    panel().focus({ preventScroll: true });
  });

  Object.assign(window.dash_clientside.threatboard, { openMessage });
})();
