// The views at the top of the explorer: which one is open is in the address (view); the query and the range stay.
(function () {
  const board = window.threatboard;
  const FIRST = "all";
  const links = () => [...document.querySelectorAll("#explorer-views [data-view]")];

  // The link of the view a search names; the first for a name nobody knows.
  function linkOf(search) {
    const wanted = new URLSearchParams(search || "").get("view") || FIRST;
    const known = links();
    return known.find((link) => link.dataset.view === wanted) || known[0];
  }

  // What another view splits by and has open says nothing here; nor do the columns and tabs of other rows.
  function changes(link, rows) {
    const view = { view: link.dataset.view === FIRST ? null : link.dataset.view, by: null, msg: null };
    return link.dataset.rows === rows ? view : { ...view, cols: null, sort: null, tab: null };
  }
  let focused = null; // the view whose link is to keep the focus

  // Called when the view of the page changes.
  function showView(view) {
    const open = linkOf(view.search);
    for (const link of links()) {
      if (link === open) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
      link.href = board.addressWith(changes(link, open.dataset.rows));
    }
    if (open?.dataset.view === focused && document.activeElement === document.body) open.focus({ preventScroll: true });
    focused = null;
  }

  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element && event.target.closest("#explorer-views [data-view]");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    focused = link.dataset.view;
    board.commit(changes(link, linkOf(window.location.search).dataset.rows));
  });

  const viewColumns = (view) => (linkOf(view.search)?.dataset.columns || "").split(",").filter(Boolean);
  const rowsShown = () => linkOf(window.location.search)?.dataset.rows || "rows";
  Object.assign(board, { showView, viewColumns, rowsShown });
})();
