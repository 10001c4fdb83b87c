// The explorer's grid. The address holds the query and the order of rows; the grid asks for pages of rows
// with the view they belong to, so that an answer to an older view is recognised and dropped.
(function () {
  const board = window.threatboard;
  const unchanged = () => window.dash_clientside.no_update;
  const GRID = "explorer-grid";
  const USUAL_SORT = "-Timestamp";
  let shown = ""; // what the rows in the grid belong to
  let latest = null;
  let wired = null;
  let release = () => {};

  const parameter = (view, name) => new URLSearchParams(view?.search || "").get(name) || "";

  // Everything that decides which rows there are; the order is the grid's own business.
  function identity(view) {
    const parameters = new URLSearchParams(view.search);
    parameters.set("cols", (parameters.get("cols") || "").split(",").sort().join()); // their order changes no row
    for (const name of ["sort", "msg", "tab", "by", "grain", "cmp", "log", "off"]) parameters.delete(name);
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
    document.dispatchEvent(new CustomEvent("tb-grid", { detail: api }));
    release = watch(api.getGridOption("datasource"));
    api.addEventListener("sortChanged", ({ source }) => {
      if (source !== "uiColumnSorted") return;
      const text = written(api.getColumnState());
      board.commit({ sort: text === USUAL_SORT ? null : text });
    });
  }

  const pause = () => new Promise((done) => setTimeout(done, 30));

  // The grid's library is fetched when a page first needs it, and its source of rows is set a moment after that.
  async function ready() {
    for (let tries = 0; tries < 1000 && window.location.pathname.endsWith("/explorer"); tries += 1) {
      if (window.dash_ag_grid && document.getElementById(GRID)) {
        const api = await window.dash_ag_grid.getApiAsync(GRID);
        if (api.isDestroyed() || (api.getGridOption("datasource") && api.getColumns()?.length)) return api;
      }
      await pause();
    }
    return null;
  }

  async function showRows(view) {
    if (!view || view.path !== "/explorer") return unchanged();
    latest = view;
    board.showView(view);
    if (!board.listShown(view)) return unchanged(); // another tab is open; the list asks when it is shown
    const api = await ready();
    if (!api || api.isDestroyed() || latest !== view) return unchanged();
    wire(api);
    board.layColumns(api, parameter(view, "cols"), board.viewColumns(view));
    order(api, parameter(view, "sort") || USUAL_SORT);
    const wanted = identity(view);
    if (wanted === shown) return unchanged();
    shown = wanted;
    board.newQuestion();
    api.setGridOption("context", { asked: wanted, view });
    release();
    api.onFilterChanged(); // starts afresh, also the scroll position
    return unchanged();
  }

  // The grid asks for one block at a time and waits for its answer, even when the block is gone: an answer that will
  // never come (a failed or outdated question) has to be called off.
  function watch(source) {
    const ask = source.getRows.bind(source);
    let waiting = null;
    source.getRows = (question) => {
      const settled = (callback) => (...answer) => {
        if (waiting === question) waiting = null;
        callback(...answer);
      };
      waiting = question;
      ask({
        ...question,
        successCallback: settled(question.successCallback),
        failCallback: settled(question.failCallback),
      });
    };
    return () => {
      const outdated = waiting;
      waiting = null;
      outdated?.failCallback();
    };
  }

  const key = ({ context, startRow, sortModel }) =>
    [context?.asked || "", startRow, ...sortModel.map(({ colId, sort }) => `${colId} ${sort}`)].join("\n");

  // The grid gives any answer to its latest question, so only the answer to that one may reach it.
  function takeRows(answer, request) {
    if (!answer || !request || answer.key !== key(request)) return unchanged();
    return { rowData: answer.rowData, rowCount: answer.rowCount };
  }

  window.dashAgGridFunctions = window.dashAgGridFunctions || {};
  // A row that is still being fetched is empty; a value that is missing is a dash.
  window.dashAgGridFunctions.quiet = ({ data, value }) =>
    !data ? "" : value === null || value === undefined || value === "" ? "\u2013" : value;

  Object.assign(window.dash_clientside.threatboard, { showRows, takeRows });
})();
