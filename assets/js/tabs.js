// The explorer's tabs: the panel that the address names is shown, and only its tab's view is set, so that no other asks.
(function () {
  const board = window.threatboard;
  const unchanged = () => window.dash_clientside.no_update;
  const USUAL_ROWS = 20;
  const FIRST = "email";
  const TABLES = ["url-clicks", "top-urls", "top-clicks", "top-targeted", "top-families"];
  const OTHERS = [...TABLES, "origin"]; // whose views are set, in their order
  const panels = () => [...document.querySelectorAll("[data-panel]")];
  const text = (search) => new URLSearchParams(search || "").get("tab") || "";

  // As dashapp/query/tabs.py reads it: the name, alone or before a dash.
  function named(search) {
    const tab = text(search);
    const known = panels().map(({ dataset }) => dataset.panel);
    return known.find((name) => tab === name || tab.startsWith(`${name}-`)) || FIRST;
  }
  const listShown = (view) => named(view?.search) === FIRST;

  function showTab(view) {
    if (!view || view.path !== "/explorer" || !panels().length) return OTHERS.map(unchanged);
    const open = named(view.search);
    for (const panel of panels()) {
      const shown = panel.dataset.panel === open;
      // What another question left here is not to be taken for the answer to this one.
      if (shown && panel.hidden) for (const card of panel.querySelectorAll(".tb-card")) card.classList.remove("has-data", "has-failed");
      panel.hidden = !shown;
    }
    mark(open, view.search);
    const rows = document.querySelector(".tb-details-rows");
    if (rows) rows.hidden = !TABLES.includes(open);
    return OTHERS.map((name) => (name === open ? view : unchanged()));
  }

  const tabs = () => [...document.querySelectorAll("[role=tab][data-tab]")];

  // On a narrow screen the strip is wider than its place; the page itself is not to move.
  function inSight(tab) {
    const list = tab.parentElement;
    const left = tab.offsetLeft - list.offsetLeft;
    const hidden = left < list.scrollLeft || left + tab.offsetWidth > list.scrollLeft + list.clientWidth;
    if (hidden) list.scrollLeft = left - (list.clientWidth - tab.offsetWidth) / 2;
  }

  // The open tab's link is to what is shown, the others' to theirs with the same query.
  function mark(open, search) {
    for (const tab of tabs()) {
      const isOpen = tab.dataset.tab === open;
      tab.setAttribute("aria-selected", isOpen);
      tab.tabIndex = isOpen ? 0 : -1;
      const parameters = new URLSearchParams(search);
      if (tab.dataset.tab === FIRST) parameters.delete("tab");
      else if (!isOpen) parameters.set("tab", tab.dataset.tab);
      tab.setAttribute("href", `?${parameters}`);
      if (isOpen) inSight(tab);
    }
  }

  const rowsIn = (search) => Number(/^[a-z-]*?-n(\d{1,4})(?:-|$)/.exec(text(search))?.[1] || USUAL_ROWS);
  const tabRows = (view) => (view?.path === "/explorer" ? rowsIn(view.search) : unchanged());

  function chooseRows(wanted) {
    const search = window.location.search;
    const open = named(search);
    if (!Number.isInteger(wanted) || wanted < 1 || wanted === rowsIn(search) || !TABLES.includes(open)) return unchanged();
    const rest = text(search).slice(open.length).replace(/^-n\d+/, "");
    board.commit({ tab: `${open}${wanted === USUAL_ROWS ? "" : `-n${wanted}`}${rest}`, msg: null });
    return unchanged();
  }

  function openCountry(clicked, figure) {
    const address = figure?.layout?.meta?.addresses?.[clicked?.points?.[0]?.location];
    if (address) board.go(address);
    return unchanged();
  }

  const tabOf = (event) => (event.target instanceof Element ? event.target.closest("[role=tab][data-tab]") : null);

  document.addEventListener("click", (event) => {
    const tab = tabOf(event);
    if (!tab || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.button) return;
    event.preventDefault();
    if (tab.getAttribute("aria-selected") === "true") return;
    board.commit({ tab: tab.dataset.tab === FIRST ? null : tab.dataset.tab, msg: null });
  });

  // Arrows move between the tabs, Enter and Space open: each opening is a question.
  const STEPS = {
    ArrowLeft: (at, all) => (at + all - 1) % all,
    ArrowRight: (at, all) => (at + 1) % all,
    Home: () => 0,
    End: (_at, all) => all - 1,
  };
  document.addEventListener("keydown", (event) => {
    const tab = tabOf(event);
    if (!tab || event.ctrlKey || event.metaKey || event.altKey) return;
    const all = tabs();
    if (event.key === " ") tab.click();
    else if (STEPS[event.key]) all[STEPS[event.key](all.indexOf(tab), all.length)].focus();
    else return;
    event.preventDefault();
  });

  const listIsOpen = () => !document.querySelector(`[data-panel="${FIRST}"]`)?.hidden;

  Object.assign(board, { listShown, listIsOpen });
  Object.assign(window.dash_clientside.threatboard, { showTab, tabRows, chooseRows, openCountry });
})();
