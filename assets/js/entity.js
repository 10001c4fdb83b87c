// The panel about a user, domain, address, link or file. Which one is open is in the address (entity=kind:value).
(function () {
  const board = window.threatboard;
  const unchanged = () => window.dash_clientside.no_update;
  const PANEL = "entity-panel";
  const PARTS = ["entity-head", "entity-main", "entity-rest"];
  const NARROW = "(max-width: 48em)";
  const NAMED = /^(user|domain|ip|url|file):[^]+$/;
  let asked = "";
  let filled = null; // the panel that shows what was asked
  let back = null; // where the focus returns to

  const panel = () => document.getElementById(PANEL);
  const isOpen = () => Boolean(panel() && !panel().hidden);

  // What the address names, if it can be anything.
  function named(search) {
    const name = new URLSearchParams(search || "").get("entity") || "";
    return NAMED.test(name) ? name : "";
  }
  const entityOpen = () => Boolean(panel() && named(window.location.search));

  // Called when the view or the address changes.
  function openEntity(view, search) {
    if (!view || !panel()) return unchanged();
    const name = named(search);
    if (panel() !== filled) {
      asked = ""; // the page was left and is laid out anew
      back = null;
    }
    filled = panel();
    show(name);
    const question = JSON.stringify([name, view]);
    if (question === asked) return unchanged();
    asked = question;
    return name ? { entity: name, view } : unchanged();
  }

  function show(name) {
    const was = isOpen();
    if (name && !was) back = document.activeElement === document.body ? null : document.activeElement;
    if (panel().dataset.name !== name) forget(); // this one must not show the numbers of another
    panel().hidden = !name;
    if (name) {
      if (!panel().contains(document.activeElement) || panel().dataset.name !== name) panel().focus({ preventScroll: true });
      if (panel().dataset.name !== name) panel().querySelector(".tb-card-body").scrollTop = 0;
    } else if (was) {
      returnFocus();
    }
    panel().dataset.name = name;
  }

  function forget() {
    for (const id of PARTS) window.dash_clientside.set_props(id, { children: null });
    panel().querySelector(".tb-card").classList.remove("has-data", "has-failed");
  }

  function returnFocus() {
    const flyout = document.querySelector("#flyout-panel:not([hidden])");
    const place = back?.isConnected ? back : flyout || document.getElementById("shell-page");
    place?.focus({ preventScroll: true });
    back = null;
  }

  const close = () => board.commit({ entity: null });

  // Where there is no panel, as on the page about a thing, another one has a page too.
  function open(name) {
    if (panel()) {
      board.commit({ entity: name });
      return;
    }
    const at = name.indexOf(":");
    const parameters = [["value", name.slice(at + 1)]];
    const zone = new URLSearchParams(window.location.search).get("tz");
    if (zone) parameters.push(["tz", zone]);
    board.open(`/entity/${name.slice(0, at)}`, parameters);
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-entity], [data-entity-close]");
    if (!button) return;
    if (button.dataset.entity) open(button.dataset.entity);
    else close();
  });

  const FIELDS = "input, textarea, select, [contenteditable=true], [role=textbox], [role=listbox], [role=menu]";
  // Before those of the message below: while the panel is open, Escape is its own, and the list under it keeps still.
  window.addEventListener(
    "keydown",
    (event) => {
      if (!isOpen() || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
      if (document.querySelector("dialog[open]")) return;
      if (event.target instanceof Element && event.target.closest(FIELDS)) return;
      if (!["Escape", "j", "k", "x"].includes(event.key)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (event.key === "Escape") close();
    },
    true,
  );

  // On a narrow screen it covers everything, so the keyboard stays in it.
  document.addEventListener("focusin", (event) => {
    if (!isOpen() || !window.matchMedia(NARROW).matches || !(event.target instanceof Element)) return;
    if (panel().contains(event.target) || event.target.closest("dialog, .mantine-Notifications-root")) return;
    panel().focus({ preventScroll: true });
  });

  Object.assign(board, { openEntityNamed: open, entityOpen });
  Object.assign(window.dash_clientside.threatboard, { openEntity });
})();
