// The query bar: Enter runs what is typed, suggestions appear under it while typing, a pill's text puts the cursor on its
// term. The text is only a draft until it is run and the server can read it; then the address holds it.
(function () {
  const board = window.threatboard;
  const unchanged = () => window.dash_clientside.no_update;
  const QUERY = "explorer-query";
  const LIST = "explorer-suggestions";
  const PAUSE = 80; // milliseconds without a key before asking
  const bar = () => document.getElementById(QUERY);
  const list = () => document.getElementById(LIST);
  const inBar = (event) => event.target instanceof Element && event.target.id === QUERY;

  let offWhenRun = null; // what stays switched off once a switched-off term that is being edited is run
  let run = null; // what the server is looking at
  let taken = { field: null, text: null }; // the query of the address that the bar has

  // A view that has the same query leaves what is being typed alone, and what has been run since. The field is written
  // to by hand: through Dash, an older text can come back when two change it within a moment.
  function queryText(view) {
    if (!view) return unchanged();
    const field = bar();
    const text = new URLSearchParams(view.search).get("q") || "";
    if (field && field === taken.field && text === taken.text) return unchanged();
    taken = { field, text };
    run = null;
    settle();
    if (field && field.value !== text) write(field, text);
    close();
    return field ? unchanged() : text;
  }

  function settle() {
    offWhenRun = null;
    window.dash_clientside.set_props("builder-problem", { children: null });
  }

  const inAddress = (name) => new URLSearchParams(window.location.search).get(name) || "";

  function search(clicks, text) {
    if (!clicks) return unchanged();
    close();
    const typed = (bar()?.value ?? text ?? "").trim(); // Dash hears of the last keys a moment later
    run = { text: typed, off: offWhenRun, sequence: Math.max(Date.now(), (run?.sequence ?? 0) + 1) };
    window.dash_clientside.set_props("builder-run", { data: run });
    return unchanged();
  }

  function takeRan(ran) {
    if (!ran?.fine || ran.sequence !== run?.sequence) return unchanged();
    const changes = { q: ran.text, msg: null }; // a long list in it has been given a name
    if (run.off !== null) changes.off = run.off;
    if (ran.text === run.text) taken = { field: bar(), text: run.text };
    settle();
    if (!board.commit(changes)) board.refresh();
    return unchanged();
  }

  const barText = () => ({ text: bar().value.trim(), off: offWhenRun ?? inAddress("off") });

  function showInBar(text) {
    if (bar().value !== text) replace(0, bar().value.length, text);
    close();
  }

  function selectInBar(start, end) {
    const text = bar().value.trimStart();
    showInBar(text);
    bar().focus();
    bar().setSelectionRange(units(text, start), units(text, end));
  }

  document.addEventListener("click", (event) => {
    if (!event.target.closest?.(".tb-bar-restore")) return;
    offWhenRun = null;
    showInBar(inAddress("q"));
    window.dash_clientside.set_props("builder-problem", { children: null });
  });

  // The server counts characters, the browser pairs of bytes.
  const units = (text, characters) => [...text].slice(0, characters).join("").length;

  // Typing is what the browser can undo by itself.
  function replace(start, end, text) {
    const field = bar();
    field.focus();
    field.setSelectionRange(start, end);
    if (text ? document.execCommand("insertText", false, text) : document.execCommand("delete")) return;
    write(field, field.value.slice(0, start) + text + field.value.slice(end));
  }

  function write(field, text) {
    const { set } = Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value");
    set.call(field, text);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  document.addEventListener("click", (event) => {
    const words = event.target.closest?.(".tb-pill-words");
    if (!words || !bar()) return;
    const { text, off, start, end } = words.dataset;
    if (bar().value !== text) replace(0, bar().value.length, text);
    offWhenRun = off;
    close();
    bar().focus();
    bar().setSelectionRange(units(text, Number(start)), units(text, Number(end)));
  });

  // Suggestions. Each state of the text has a number; an answer to an older one is not shown.
  let sequence = 0;
  let waiting = 0;
  let shown = { items: [], text: "" };
  let active = -1;

  const isOpen = () => Boolean(shown.items.length);

  function ask() {
    clearTimeout(waiting);
    const field = bar();
    if (!field || field.selectionStart !== field.selectionEnd) return;
    sequence = Math.max(Date.now(), sequence + 1);
    const asked = { text: field.value, cursor: [...field.value.slice(0, field.selectionStart)].length, sequence };
    window.dash_clientside.set_props("explorer-typed", { data: asked });
  }

  function askSoon() {
    clearTimeout(waiting);
    sequence += 1; // what is under way is about another text
    waiting = setTimeout(ask, PAUSE);
  }

  function takeSuggestions(answer) {
    const field = bar();
    if (!answer || !field || answer.sequence !== sequence || document.activeElement !== field) return unchanged();
    shown = { items: answer.items, text: field.value, nouns: answer.nouns };
    active = -1;
    draw(answer.note);
    return unchanged();
  }

  function close() {
    clearTimeout(waiting);
    sequence += 1;
    if (!isOpen() && !list()?.childElementCount) return;
    shown = { items: [], text: "" };
    active = -1;
    draw("");
  }

  function make(tag, className, text) {
    const element = document.createElement(tag);
    element.className = className;
    element.textContent = text;
    return element;
  }

  function option({ sort, text, label, count }, index, nouns) {
    const element = make("div", "tb-suggestion", "");
    Object.assign(element, { id: `${LIST}-${index}`, role: "option" });
    element.dataset.index = index;
    element.setAttribute("aria-selected", "false");
    const typed = make("bdi", "tb-suggestion-text", text);
    element.append(make("span", `tb-suggestion-sort tb-suggestion-${sort}`, sort), typed);
    if (label) element.append(make("span", "tb-suggestion-label", label));
    if (count) {
      const counted = make("span", "tb-suggestion-count", count);
      counted.append(make("span", "tb-hidden", ` ${nouns}`));
      element.append(counted);
    }
    return element;
  }

  function draw(note) {
    const box = list();
    if (!box) return;
    const field = bar();
    box.replaceChildren();
    const open = isOpen();
    if (open) {
      const options = make("div", "tb-suggestions-list", "");
      Object.assign(options, { id: `${LIST}-list`, role: "listbox" });
      options.setAttribute("aria-label", "Suggestions");
      options.append(...shown.items.map((item, index) => option(item, index, shown.nouns)));
      box.append(options);
      if (note) box.append(make("div", "tb-suggestions-note", note));
      box.append(said(`${shown.items.length} suggestions; arrow down to choose`));
    }
    box.classList.toggle("tb-suggestions-open", open);
    if (!field) return;
    field.setAttribute("role", "combobox");
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-expanded", String(open));
    if (open) field.setAttribute("aria-controls", `${LIST}-list`);
    else field.removeAttribute("aria-controls");
    field.removeAttribute("aria-activedescendant");
  }

  function said(text) {
    const element = make("div", "tb-hidden", text);
    element.setAttribute("role", "status");
    return element;
  }

  function move(to) {
    const options = list().querySelectorAll("[role=option]");
    options[active]?.setAttribute("aria-selected", "false");
    active = to < -1 ? options.length - 1 : to >= options.length ? -1 : to;
    const chosen = options[active];
    if (chosen) {
      chosen.setAttribute("aria-selected", "true");
      chosen.scrollIntoView({ block: "nearest" });
      bar().setAttribute("aria-activedescendant", chosen.id);
    } else bar().removeAttribute("aria-activedescendant");
  }

  function pick(index) {
    const { sort, text, start, end } = shown.items[index];
    const from = units(shown.text, start);
    const to = units(shown.text, end);
    const atEnd = to === bar().value.length;
    close();
    replace(from, to, sort === "value" && atEnd ? `${text} ` : text);
    ask(); // what may follow
  }

  const KEYS = {
    ArrowDown: () => move(active + 1),
    ArrowUp: () => move(active - 1),
    Escape: close,
  };

  const plain = (event) => !event.ctrlKey && !event.metaKey && !event.altKey && !event.shiftKey;

  document.addEventListener(
    "keydown",
    (event) => {
      if (!inBar(event) || event.isComposing) return;
      const { key } = event;
      const running = key === "Enter" && (event.ctrlKey || event.metaKey);
      if (isOpen() && active >= 0 && (key === "Tab" || key === "Enter") && !running && !event.shiftKey) {
        pick(active);
      } else if (isOpen() && KEYS[key] && plain(event)) {
        KEYS[key]();
      } else if (key === "ArrowDown" && !isOpen() && (event.altKey || (plain(event) && !bar().value.includes("\n")))) {
        ask();
      } else if (key === "Enter" && !event.shiftKey) {
        document.getElementById("explorer-run")?.click();
      } else return;
      event.preventDefault();
      event.stopPropagation();
    },
    true,
  );

  document.addEventListener("input", (event) => inBar(event) && askSoon());
  document.addEventListener("focusout", (event) => inBar(event) && close());
  document.addEventListener("mousedown", (event) => {
    const row = event.target.closest?.(`#${LIST}`);
    if (row) event.preventDefault(); // the bar keeps the focus
  });
  document.addEventListener("click", (event) => {
    if (inBar(event)) askSoon();
    const chosen = event.target.closest?.(`#${LIST} [role=option]`);
    if (chosen) pick(Number(chosen.dataset.index));
  });

  Object.assign(board, { barText, showInBar, selectInBar });
  Object.assign(window.dash_clientside.threatboard, { queryText, search, takeSuggestions, takeRan });
})();
