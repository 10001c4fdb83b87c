// What the browser does by itself for the frame around every page; declared in dashapp/callbacks/shell.py.
(function () {
  const board = window.threatboard;
  const unchanged = () => window.dash_clientside.no_update;
  const triggered = () => window.dash_clientside.callback_context.triggered_id;
  const offset = Number(document.documentElement.dataset.now) - Date.now() || 0; // the server's clock counts
  let refreshes = 0;

  board.refresh = () => window.dash_clientside.set_props("shell-refresh", { data: ++refreshes });

  function minute() {
    const now = new Date(Date.now() + offset);
    now.setUTCSeconds(0, 0);
    return now.toISOString();
  }

  // The open message and panel are their own business: nothing else is asked again when they change.
  function withoutOpen(search) {
    if (!/[?&](msg|entity)=/.test(search)) return search;
    const kept = search.slice(1).split("&").filter((pair) => !/^(msg|entity)=/.test(pair));
    return kept.length ? `?${kept.join("&")}` : "";
  }

  // All charts of a page read this one value, so they agree on what "now" is.
  board.viewOf = (shown, search, refresh) => ({
    path: shown.path,
    search: withoutOpen(search || ""),
    now: minute(),
    refresh: refresh || 0,
    since: shown.since,
  });

  // What the rows of the explorer are: another kind of row has another layout.
  function rowsOf({ rowsOf: known }, search) {
    const view = new URLSearchParams(search || "").get("view") || "all";
    return Object.hasOwn(known, view) ? known[view] : known.all;
  }

  let relaid = null; // the search a layout was asked for; asked for once, whatever the server makes of it
  function needsLayout(shown, search) {
    if (!shown.rowsOf || rowsOf(shown, search) === shown.rows) {
      relaid = null;
      return false;
    }
    if (relaid === search) return false;
    relaid = search;
    window.dash_clientside.set_props("shell-relaid", { data: search });
    return true;
  }

  function view(shown, search, refresh, pathname, before) {
    if (!shown || shown.path !== board.strip(pathname)) return unchanged();
    if (board.opening(shown, search, pathname, before)) return unchanged();
    if (needsLayout(shown, search)) return unchanged();
    const next = board.viewOf(shown, search, refresh);
    const same = before && ["path", "search", "refresh"].every((name) => before[name] === next[name]);
    return same ? unchanged() : next;
  }

  let last = null;
  function arrive(shown) {
    if (!shown) return unchanged();
    document.title = `${shown.title} · Threatboard`;
    for (const link of document.querySelectorAll(".tb-nav-link")) {
      const item = link.closest("[data-path]");
      if (item?.dataset.path === shown.path) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    document.documentElement.toggleAttribute("data-untimed", !shown.timed);
    if (last !== null && last !== shown.path) {
      window.scrollTo(0, 0);
      document.getElementById("shell-page")?.focus({ preventScroll: true });
    }
    last = shown.path;
    return unchanged();
  }

  function navigation(opened, shown, before) {
    const open = triggered() === "shell-burger" && Boolean(opened);
    return [{ ...before, collapsed: { mobile: !open } }, open];
  }

  const THEMES = ["auto", "light", "dark"];
  const THEME_NAMES = { auto: "Like your system", light: "Light", dark: "Dark" };
  function theme(clicks) {
    if (!clicks) return [unchanged(), unchanged()];
    return paint(THEMES[(THEMES.indexOf(board.theme()) + 1) % THEMES.length]);
  }
  function themeChosen(chosen) {
    return THEMES.includes(chosen) && chosen !== board.theme() ? paint(chosen) : [unchanged(), unchanged()];
  }
  function paint(chosen) {
    board.setTheme(chosen);
    board.toast("Theme", THEME_NAMES[chosen], "neutral");
    return [chosen, chosen === "auto" ? null : chosen];
  }

  // Every zone the browser knows, so that the list need not travel. The list of ranges shows the present one.
  function zones(_opened, chosen) {
    const [from, to] = ["from", "to"].map((end) => document.getElementById(`shell-range-${end}`)?.value);
    for (const quick of document.querySelectorAll("[data-range-from]")) {
      quick.setAttribute("aria-pressed", quick.dataset.rangeFrom === from && quick.dataset.rangeTo === to);
    }
    const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
    return [...new Set(["UTC", own, ...Intl.supportedValuesOf("timeZone"), chosen])].filter(Boolean);
  }

  // The server has read the texts with the parser it always uses; what it accepts becomes the address.
  function applyRange(checked) {
    if (!checked) return unchanged();
    board.commit(checked);
    return false;
  }

  // In the range of the page one comes from; in the explorer nothing else of the view changes.
  function openFound(found) {
    if (!found) return unchanged();
    const here = new URLSearchParams(window.location.search);
    const there = new URLSearchParams({ q: found.q });
    for (const name of ["from", "to", "tz"]) if (here.has(name)) there.set(name, here.get(name));
    if (board.strip(window.location.pathname) !== "/explorer") board.open("/explorer", there);
    else if (!board.commit({ q: found.q, msg: null })) board.refresh();
    return "";
  }

  document.addEventListener("click", (event) => {
    const quick = event.target.closest("[data-range-from]");
    if (!quick) return;
    board.commit({ from: quick.dataset.rangeFrom, to: quick.dataset.rangeTo });
    window.dash_clientside.set_props("shell-range-popover", { opened: false });
  });

  const mine = { view, arrive, navigation, theme, themeChosen, zones, applyRange, openFound };
  window.dash_clientside = Object.assign({}, window.dash_clientside, { threatboard: mine });
})();
