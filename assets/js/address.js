// The address is the view. commit() is the only thing that writes it: one history entry per change that is one.
(function () {
  const prefix = () => document.documentElement.dataset.prefix || "/";

  // As dashapp/query/urlstate.py writes it: sorted, spaces as +, and as readable as an address may be.
  const encode = (text) => encodeURIComponent(text).replace(/%(3A|2F|2C|40|24|3B)/g, decodeURIComponent).replace(/%20/g, "+");

  function canonical(parameters) {
    const entries = [...parameters].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return entries.length ? `?${entries.map((pair) => pair.map(encode).join("=")).join("&")}` : "";
  }

  // Where commit() would go.
  function addressWith(changes) {
    return window.location.pathname + canonical(changed(changes));
  }

  function changed(changes) {
    const parameters = new URLSearchParams(window.location.search);
    for (const [name, value] of Object.entries(changes)) {
      if (value === null || value === undefined || value === "") parameters.delete(name);
      else parameters.set(name, String(value));
    }
    return parameters;
  }

  // changes: {name: value}; null, undefined or "" removes the name. instead: no history entry of its own.
  function commit(changes, { instead = false } = {}) {
    const search = canonical(changed(changes));
    if (search === canonical(new URLSearchParams(window.location.search))) return false;
    go(window.location.pathname + search, instead);
    return true;
  }

  function go(address, instead = false) {
    if (instead) window.history.replaceState({}, "", address);
    else window.history.pushState({}, "", address);
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
  }

  const open = (path, parameters = []) => go(prefix().replace(/\/$/, "") + path + canonical(parameters));
  const strip = (pathname) => `/${(pathname || "").slice(prefix().length)}`;

  Object.assign(window.threatboard, { commit, addressWith, go, open, strip, prefix });
})();
