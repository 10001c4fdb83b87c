// Keyboard shortcuts. One table drives both the keys and the help (?). Single keys can be switched off (WCAG 2.1.4).
(function () {
  const board = window.threatboard;
  const STORED = "threatboard-keys";
  const on = () => window.localStorage.getItem(STORED) !== "off";
  board.keysOn = on;
  const find = (selector) => document.querySelector(selector);
  const shift = (share) => span((from, to) => [from + (to - from) * share, to + (to - from) * share]);
  const widen = () => span((from, to) => [from - (to - from) / 2, to + (to - from) / 2]);

  const SEARCH = ":is(input[data-search], textarea[data-search], [data-search] input, [data-search] textarea)";
  const TABLE = [
    { keys: "t r", does: "Choose a time range", run: () => find(".tb-range-button")?.click() },
    { keys: "t z", does: "Zoom the time range out", run: widen },
    { keys: "t ←", does: "Move back in time", run: () => shift(-0.5) },
    { keys: "t →", does: "Move on in time", run: () => shift(0.5) },
    { keys: "d r", does: "Ask again for everything", run: () => board.refresh() },
    { keys: "c t", does: "Change the theme", run: () => find("#shell-theme")?.click() },
    { keys: "/", does: "Search", run: () => (find(`.tb-page ${SEARCH}`) || find(SEARCH))?.focus() },
    { keys: "f", does: "Build the filter", run: () => find("#builder-open")?.click() },
    { keys: "j", does: "Next message", run: null },
    { keys: "k", does: "Previous message", run: null },
    { keys: "Enter", does: "Open the message", run: null },
    { keys: "x", does: "Select the message", run: null },
    { keys: "Shift+X", does: "Select up to here", run: null },
    { keys: "Ctrl+A", does: "Select this page of messages", run: null },
    { keys: "?", does: "Show this help", run: () => help() },
    { keys: "Esc", does: "Close what is open", run: null },
  ];

  // Pages the person may open bring their own key: g and a letter.
  function table() {
    const pages = [...document.querySelectorAll("[data-key]")].map(({ dataset }) => ({
      keys: `g ${dataset.key}`,
      does: dataset.name,
      run: () => board.open(dataset.path),
    }));
    return [...pages, ...TABLE];
  }

  function span(change) {
    const told = find("#shell-range-label [data-from]")?.dataset ?? {};
    const from = Date.parse(told.from);
    const to = Date.parse(told.to);
    if (!(from < to)) return;
    const [start, end] = change(from, to).map((instant) => `${new Date(instant).toISOString().slice(0, 16)}Z`);
    board.commit({ from: start, to: end });
  }

  let pending = "";
  let timer = 0;
  const NAMES = { ArrowLeft: "←", ArrowRight: "→", Escape: "Esc" };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !on() || typing(event.target)) return;
    if (find("dialog[open]")) return;
    const key = NAMES[event.key] || event.key;
    const wanted = pending ? `${pending} ${key}` : key;
    const rows = table();
    const row = rows.find(({ keys, run }) => run && keys === wanted);
    clearTimeout(timer);
    pending = "";
    if (row) {
      event.preventDefault();
      row.run();
    } else if (rows.some(({ keys }) => keys.startsWith(`${key} `))) {
      pending = key;
      timer = setTimeout(() => (pending = ""), 1500);
    }
  });

  const FIELDS = "input, textarea, select, [contenteditable=true], [role=textbox], [role=listbox]";
  const typing = (element) => element instanceof Element && Boolean(element.closest(FIELDS));

  function make(tag, attributes, ...children) {
    const element = Object.assign(document.createElement(tag), attributes);
    element.append(...children);
    return element;
  }

  function row({ keys, does }) {
    const parts = keys.split(" ").map((key) => make("kbd", {}, key));
    return make("div", { className: "tb-help-row" }, make("span", {}, does), make("span", { className: "tb-help-keys" }, ...parts));
  }

  function help() {
    const dialog = make("dialog", { className: "tb-help" });
    const close = make("button", { className: "tb-icon-button", type: "button", onclick: () => dialog.close() });
    close.setAttribute("aria-label", "Close");
    close.append(make("span", { className: "tb-icon tb-icon-close tb-icon-18" }));
    const box = make("input", { type: "checkbox", checked: on() });
    box.onchange = () => {
      if (box.checked) window.localStorage.removeItem(STORED);
      else window.localStorage.setItem(STORED, "off");
    };
    dialog.append(
      make("div", { className: "tb-help-head" }, make("h2", { id: "tb-help-title" }, "Keyboard"), close),
      make("div", { className: "tb-help-body" }, ...table().map(row)),
      make("div", { className: "tb-help-foot" }, make("label", {}, box, "Use these keys in this browser")),
    );
    dialog.setAttribute("aria-labelledby", "tb-help-title");
    dialog.onclose = () => dialog.remove();
    dialog.onclick = (event) => {
      if (event.target === dialog) dialog.close(); // beside it
    };
    document.body.append(dialog);
    dialog.showModal();
  }

  document.addEventListener("click", (event) => event.target.closest("[data-help]") && help());
})();
