// What a drag and a click on a time chart mean: a drag sets the time range, a click shows the messages of that hour, day or week.
(function () {
  const board = window.threatboard;
  const unchanged = () => window.dash_clientside.no_update;
  const MINUTE = 60000;
  const STEPS = { minute: MINUTE, hour: 60 * MINUTE, day: 1440 * MINUTE, week: 1440 * MINUTE, month: 1440 * MINUTE };

  // Buckets are local times without a zone; the address takes them as they are and reads them in the view's zone.
  function read(local) {
    const text = String(local).replace(" ", "T");
    return Date.parse(`${text.length > 10 ? text.slice(0, 19) : `${text}T00:00:00`}Z`);
  }
  const write = (millis) => new Date(millis).toISOString().slice(0, 16);
  const grainOf = (figure) => figure?.layout?.meta?.grain;

  function bucketEnd(start, grain) {
    if (grain === "month") {
      const date = new Date(start);
      return date.setUTCMonth(date.getUTCMonth() + 1);
    }
    return start + (grain === "week" ? 7 : 1) * STEPS[grain];
  }

  function brush(selected, figure) {
    const range = selected?.range?.x;
    const step = STEPS[grainOf(figure)];
    if (!range || !step) return unchanged();
    const [from, to] = range.map((local) => Math.round(read(local) / step) * step);
    if (Number.isFinite(from) && from < to) board.commit({ from: write(from), to: write(to), grain: null });
    return unchanged();
  }

  function follow(clicked, figure) {
    const point = clicked?.points?.[0];
    const { address, grain } = figure?.layout?.meta || {};
    if (!point || !address || !STEPS[grain]) return unchanged();
    const target = new URL(address, window.location.href);
    const start = read(point.x);
    target.searchParams.set("from", write(start));
    target.searchParams.set("to", write(bucketEnd(start, grain)));
    board.open(board.strip(target.pathname) + target.search);
    return unchanged();
  }

  // A list of more choices closes when one is taken, on a click beside it, and on Escape, as a menu does.
  function closeLists(except) {
    for (const list of document.querySelectorAll(".tb-more[open]")) if (list !== except) list.open = false;
  }
  document.addEventListener("click", (event) => closeLists(event.target.closest("a") ? null : event.target.closest(".tb-more")));
  document.addEventListener("keydown", (event) => {
    const open = event.key === "Escape" && document.querySelector(".tb-more[open]");
    if (!open) return;
    closeLists(null);
    open.querySelector("summary").focus();
  });

  Object.assign(window.dash_clientside.threatboard, { brush, follow });
})();
