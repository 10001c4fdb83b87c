// The explorer's query bar and grid. The address holds the query and the order of rows; the grid asks for pages of rows
// with the view they belong to, so that an answer to an older view is recognised and dropped.
(function () {
  const board = window.threatboard;
  const unchanged = () => window.dash_clientside.no_update;
  const GRID = "explorer-grid";
  const USUAL_SORT = "-Timestamp";
  let shown = ""; // what the rows in the grid belong to
  let wired = null;

  const parameter = (view, name) => new URLSearchParams(view?.search || "").get(name) || "";

  function queryText(view) {
    return view ? parameter(view, "q") : unchanged();
  }

  function search(clicks, text) {
    if (clicks && !board.commit({ q: (text || "").trim(), msg: null })) board.refresh();
    return unchanged();
  }

  document.addEventListener("keydown", (event) => {
    const inQuery = event.target instanceof Element && event.target.id === "explorer-query";
    if (!inQuery || event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    document.getElementById("explorer-run")?.click();
  });

  // Everything that decides which rows there are; the order is the grid's own business.
  function identity(view) {
    const parameters = new URLSearchParams(view.search);
    for (const name of ["sort", "cols", "msg", "tab", "by", "grain", "cmp"]) parameters.delete(name);
    return JSON.stringify([parameters.toString(), view.now, view.refresh]);
  }

  const written = (columns) =>
    columns
      .filter(({ sort }) => sort)
      .sort((a, b) => a.sortIndex - b.sortIndex)
      .map(({ colId, sort }) => (sort === "desc" ? `-${colId}` : colId))
      .join(",");

  function order(api, wanted) {
    if (written(api.getColumnState()) === wanted) return;
    const state = wanted.split(",").map((part, sortIndex) => ({
      colId: part.replace(/^-/, ""),
      sort: part.startsWith("-") ? "desc" : "asc",
      sortIndex,
    }));
    api.applyColumnState({ state, defaultState: { sort: null } });
  }

  function wire(api) {
    if (wired === api) return;
    wired = api;
    shown = "";
    api.addEventListener("sortChanged", ({ source }) => {
      if (source !== "uiColumnSorted") return;
      const text = written(api.getColumnState());
      board.commit({ sort: text === USUAL_SORT ? null : text });
    });
  }

  async function showRows(view) {
    if (!view || view.path !== "/explorer") return unchanged();
    const api = await window.dash_ag_grid.getApiAsync(GRID);
    wire(api);
    order(api, parameter(view, "sort") || USUAL_SORT);
    const wanted = identity(view);
    if (wanted === shown) return unchanged();
    shown = wanted;
    api.setGridOption("context", { asked: wanted, view });
    api.purgeInfiniteCache();
    api.ensureIndexVisible(0, "top");
    return unchanged();
  }

  function takeRows(answer) {
    if (!answer || answer.asked !== shown) return unchanged();
    return { rowData: answer.rowData, rowCount: answer.rowCount };
  }

  window.dashAgGridFunctions = window.dashAgGridFunctions || {};
  // A row that is still being fetched is empty; a value that is missing is a dash.
  window.dashAgGridFunctions.quiet = ({ data, value }) =>
    !data ? "" : value === null || value === undefined || value === "" ? "\u2013" : value;

  Object.assign(window.dash_clientside.threatboard, { queryText, search, showRows, takeRows });
})();
