// The address is the view. commit() is the only thing that writes it: one history entry per change that is one.
(function () {
  const ORDER = ["view", "q", "off", "from", "to", "tz", "by", "grain", "cmp", "cols", "sort", "msg", "tab"];
  const prefix = () => document.documentElement.dataset.prefix || "/";

  function canonical(parameters) {
    const rank = (name) => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length);
    const entries = [...parameters].sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : a > b ? 1 : 0));
    const text = new URLSearchParams(entries).toString();
    return text ? `?${text}` : "";
  }

  // changes: {name: value}; null, undefined or "" removes the name.
  function commit(changes) {
    const parameters = new URLSearchParams(window.location.search);
    for (const [name, value] of Object.entries(changes)) {
      if (value === null || value === undefined || value === "") parameters.delete(name);
      else parameters.set(name, String(value));
    }
    const search = canonical(parameters);
    if (search === canonical(new URLSearchParams(window.location.search))) return false;
    go(window.location.pathname + search);
    return true;
  }

  function go(address) {
    window.history.pushState({}, "", address);
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
  }

  const open = (path) => go(prefix().replace(/\/$/, "") + path);
  const strip = (pathname) => `/${(pathname || "").slice(prefix().length)}`;

  Object.assign(window.threatboard, { commit, open, strip, prefix });
})();
