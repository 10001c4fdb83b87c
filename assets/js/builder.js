// The filter builder: nested groups of conditions as a dialog. The draft lives here until Apply; the server reads the bar
// into a draft, says what is wrong with one and prints it (dashapp/callbacks/explorer_builder.py).
(function () {
  const board = window.threatboard;
  const unchanged = () => window.dash_clientside.no_update;
  const PAUSE = 250; // milliseconds without a change before the draft is looked at
  const JOINS = [["and", false, "All of these hold"], ["or", false, "Any of these holds"], ["and", true, "Not all of these hold"], ["or", true, "None of these holds"]];
  let dialog = null;
  let draft = null;
  let language = null;
  let sequence = 0;
  let waiting = 0;

  function make(tag, attributes, ...children) {
    const element = Object.assign(document.createElement(tag), attributes);
    element.append(...children.filter((child) => child !== null));
    return element;
  }
  const part = (name) => dialog.querySelector(`.tb-b-${name}`);
  const button = (text, does, className = "tb-button") => make("button", { type: "button", className, textContent: text, onclick: does });

  function ask(question) {
    clearTimeout(waiting);
    if (!dialog) return; // a field that goes with it says a last word
    sequence = Math.max(Date.now(), sequence + 1);
    window.dash_clientside.set_props("builder-asked", { data: { ...question, sequence } });
  }
  function askSoon() {
    clearTimeout(waiting);
    sequence += 1; // what is under way is about another draft
    waiting = setTimeout(() => draft && ask({ do: "check", draft }), PAUSE);
  }

  function open() {
    if (dialog || !document.getElementById("explorer-query")) return;
    const body = make("div", { className: "tb-b-body" }, make("p", { className: "tb-quiet" }, "Reading the query…"));
    const apply = button("Apply", () => ask({ do: "apply", draft }), "tb-button tb-button-main tb-b-apply");
    apply.disabled = true;
    dialog = make(
      "dialog",
      { className: "tb-help tb-builder" },
      make("div", { className: "tb-help-head" }, make("h2", { id: "tb-builder-title" }, "Filters")),
      body,
      make("div", { className: "tb-b-whole" }),
      make("div", { className: "tb-b-preview" }),
      make("div", { className: "tb-help-foot tb-b-foot" }, make("span", { className: "tb-quiet tb-b-hint" }, "Ctrl+Enter applies"), button("Cancel", () => dialog.close()), apply),
    );
    part("whole").setAttribute("role", "alert");
    part("preview").tabIndex = 0; // it may have to be scrolled
    part("preview").setAttribute("role", "region");
    part("preview").setAttribute("aria-label", "The query");
    dialog.setAttribute("aria-labelledby", "tb-builder-title");
    dialog.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && draft) {
        event.preventDefault();
        document.activeElement?.blur(); // a value that is being typed counts
        ask({ do: "apply", draft });
      }
    });
    dialog.addEventListener("close", () => {
      clearTimeout(waiting);
      dialog.remove();
      dialog = draft = null;
      sequence += 1;
      if (!document.activeElement || document.activeElement === document.body) document.getElementById("builder-open")?.focus();
    });
    document.body.append(dialog);
    dialog.showModal();
    ask({ do: "open", ...board.barText() });
  }

  function takeTold(told) {
    if (!told || !dialog || told.sequence !== sequence) return unchanged();
    if (told.do === "open") opened(told);
    else checked(told);
    return unchanged();
  }

  function opened(told) {
    if (told.unread) {
      const fix = button("Fix it in the bar", () => {
        dialog.close();
        board.selectInBar(told.start, told.end);
      }, "tb-button tb-button-main");
      part("body").replaceChildren(make("p", {}, "The query in the bar cannot be read, so there is nothing to build on yet."), make("p", { className: "tb-b-problem" }, told.unread), make("pre", {}, told.pointed), fix);
      fix.focus();
      return;
    }
    ({ draft } = told);
    language = { fields: new Map(told.fields.map((field) => [field.name, field])), ways: told.ways };
    part("apply").disabled = false;
    part("whole").textContent = told.note;
    const fresh = !draft.rows.length;
    if (fresh) draft.rows.push(empty());
    draw(fresh ? [0] : [], fresh ? "property" : "join");
    askSoon();
  }

  const empty = () => ({ field: "", way: "", values: [], kept: "", not: false, off: false });
  const isGroup = (row) => Array.isArray(row.rows);
  const at = (path) => path.reduce((row, place) => row.rows[place], draft);
  const parentOf = (path) => at(path.slice(0, -1));

  // Drawing. path leads to a row: the places from the outermost group on.
  function draw(focusPath, focusPart) {
    const body = part("body");
    const scrolled = body.scrollTop;
    body.replaceChildren(group(draft, []));
    body.scrollTop = scrolled;
    const row = focusPath && body.querySelector(`[data-path="${focusPath.join(".")}"]`);
    (row?.querySelector(`[data-part="${focusPart}"]`) || row?.querySelector("input, select, textarea, button"))?.focus();
  }

  function restructured(focusPath, focusPart) {
    draw(focusPath, focusPart);
    askSoon();
  }

  function group(row, path) {
    const select = make("select", { className: "tb-b-join" });
    select.setAttribute("aria-label", path.length ? "How the rows of this group count" : "How the rows count");
    select.dataset.part = "join";
    for (const [join, not, text] of JOINS) {
      select.append(make("option", { value: `${join} ${not}`, textContent: text, selected: row.join === join && row.not === not }));
    }
    select.onchange = () => {
      const [join, not] = select.value.split(" ");
      Object.assign(row, { join, not: not === "true" });
      restructured(path, "join");
    };
    const rows = make("ol", { className: "tb-b-rows" }, ...row.rows.map((inner, place) => entry(inner, [...path, place])));
    const add = (fresh, name) => () => {
      row.rows.push(fresh());
      restructured([...path, row.rows.length - 1], name);
    };
    const more = make(
      "div",
      { className: "tb-b-more" },
      button("+ Condition", add(empty, "property")),
      button("+ Group", add(() => ({ join: "or", rows: [empty()], not: false, off: false }), "property")),
      button("+ Query text", add(() => ({ text: "", not: false, off: false }), "text")),
    );
    const nothing = row.rows.length ? null : make("p", { className: "tb-quiet tb-fine" }, `Nothing here: all ${board.rowsShown()} count.`);
    const box = make("div", { className: path.length ? "tb-b-group tb-b-inner" : "tb-b-group" }, select, rows, nothing, more);
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", `${JOINS.find(([join, not]) => join === row.join && not === row.not)[2]}${path.length ? `, level ${path.length + 1}` : ""}`);
    if (!path.length) box.dataset.path = "";
    return box;
  }

  function entry(row, path) {
    const place = path.join(".");
    const content = isGroup(row) ? group(row, path) : "text" in row ? written(row) : board.builderCondition(row, language, askSoon, (name) => restructured(path, name));
    const problem = make("div", { className: "tb-b-problem", id: `tb-b-problem-${place}` });
    const item = make("li", { className: row.off ? "tb-b-row tb-b-off" : "tb-b-row" }, toggle(row, path), content, tools(row, path), problem);
    item.dataset.path = place;
    return item;
  }

  function written(row) {
    const area = make("textarea", { className: "tb-b-text", value: row.text, rows: Math.min(4, 1 + Math.floor(row.text.length / 70)), spellcheck: false });
    area.setAttribute("aria-label", "Condition in the query language");
    area.dataset.part = "text";
    area.oninput = () => {
      row.text = area.value;
      askSoon();
    };
    const not = make("select", { className: "tb-b-way" }, make("option", { value: "", textContent: "holds" }), make("option", { value: "1", textContent: "does not hold", selected: row.not }));
    not.setAttribute("aria-label", "Whether it holds");
    not.onchange = () => {
      row.not = Boolean(not.value);
      askSoon();
    };
    return make("div", { className: "tb-b-condition tb-b-written" }, area, not);
  }

  // Only rows of the outermost level can be switched off, and only while all of them must hold: the address holds no other.
  function toggle(row, path) {
    if (!row.off && (path.length > 1 || draft.join !== "and" || draft.not)) return null;
    const box = make("input", { type: "checkbox", checked: !row.off, title: row.off ? "Switched off" : "Switched on" });
    box.setAttribute("aria-label", "Applied");
    box.dataset.part = "toggle";
    box.onchange = () => {
      row.off = !box.checked;
      restructured(path, "toggle");
    };
    return box;
  }

  function tools(row, path) {
    const more = button("⋯", () => {
      const { left, bottom } = more.getBoundingClientRect();
      board.openMenu(more, "Move this row", moves(row, path), left, bottom + 4);
    }, "tb-b-tool");
    more.setAttribute("aria-label", "Move this row");
    more.setAttribute("aria-haspopup", "menu");
    more.dataset.part = "more";
    const gone = button("×", () => remove(path), "tb-b-tool");
    gone.setAttribute("aria-label", isGroup(row) ? "Remove this group" : "Remove this condition");
    return make("div", { className: "tb-b-tools" }, more, gone);
  }

  function remove(path) {
    const { rows } = parentOf(path);
    rows.splice(path.at(-1), 1);
    const next = Math.min(path.at(-1), rows.length - 1);
    restructured(next >= 0 ? [...path.slice(0, -1), next] : path.slice(0, -1), next >= 0 ? "more" : "join");
  }

  function moves(row, path) {
    const place = path.at(-1);
    const up = path.slice(0, -1);
    const { rows } = parentOf(path);
    const to = (next) => [...up, next];
    const swap = (by) => () => {
      rows.splice(place + by, 0, ...rows.splice(place, 1));
      restructured(to(place + by), "more");
    };
    const into = (by) => () => {
      const target = rows[place + by];
      rows.splice(place, 1);
      target.rows[by < 0 ? "push" : "unshift"]({ ...row, off: false });
      const there = by < 0 ? place - 1 : place;
      restructured([...to(there), by < 0 ? target.rows.length - 1 : 0], "more");
    };
    const wrap = () => {
      rows[place] = { join: "or", rows: [{ ...row, off: false }], not: false, off: row.off };
      restructured([...path, 0], "more");
    };
    const out = () => {
      rows.splice(place, 1);
      const above = parentOf(up);
      above.rows.splice(up.at(-1) + (rows.length ? 1 : 0), rows.length ? 0 : 1, row);
      restructured([...up.slice(0, -1), up.at(-1) + (rows.length ? 1 : 0)], "more");
    };
    return [
      place > 0 && ["arrow-up", "Move up", swap(-1)],
      place < rows.length - 1 && ["arrow-down", "Move down", swap(1)],
      place > 0 && isGroup(rows[place - 1]) && ["arrow-up", "Move into the group above", into(-1)],
      place < rows.length - 1 && isGroup(rows[place + 1]) && ["arrow-down", "Move into the group below", into(1)],
      ["plus", "Put into a group of its own", wrap],
      up.length && ["arrow-right", "Move out of this group", out],
    ].filter(Boolean);
  }

  // What the server said of the draft.
  function checked({ do: doing, problems, q, off, words, most }) {
    for (const old of dialog.querySelectorAll(".tb-b-problem")) old.textContent = "";
    for (const old of dialog.querySelectorAll("[aria-invalid]")) old.removeAttribute("aria-invalid");
    part("whole").textContent = problems.filter((problem) => !problem.at.length).map(({ message }) => message).join(" ");
    for (const { at: path, message } of problems) if (path.length) mark(path, message, doing === "apply");
    preview(problems.length ? null : q, words, most);
    if (doing !== "apply") return;
    if (problems.length) {
      part("body").querySelector("[aria-invalid]")?.focus();
      return;
    }
    dialog.close();
    if (!board.commit({ q, off, msg: null })) board.showInBar(q);
  }

  // A condition that is only begun is not scolded before it is to be applied.
  function mark(path, message, always) {
    const item = dialog.querySelector(`[data-path="${path.join(".")}"]`);
    const row = at(path);
    const begun = !isGroup(row) && !("text" in row) && !row.values.some(Boolean);
    if (!item || (begun && !always)) return;
    const place = item.querySelector(":scope > .tb-b-problem");
    place.textContent = message;
    const field = ["values", "text", "property"].map((name) => item.querySelector(`[data-part=${name}]`)).find(Boolean);
    field?.setAttribute("aria-invalid", "true");
    field?.setAttribute("aria-describedby", place.id);
  }

  function preview(query, words, most) {
    if (query === null) return part("preview").replaceChildren(make("span", { className: "tb-quiet" }, "Not complete yet."));
    const length = [...query].length;
    const lines = [make("code", {}, query || "(everything)"), words ? make("p", { className: "tb-quiet" }, words) : null, make("span", { className: "tb-quiet tb-fine" }, `${length.toLocaleString("en")} of ${most.toLocaleString("en")} characters`)];
    return part("preview").replaceChildren(...lines.filter(Boolean));
  }

  document.addEventListener("click", (event) => event.target instanceof Element && event.target.closest("#builder-open") && open());
  window.addEventListener("popstate", () => dialog?.close());

  Object.assign(window.dash_clientside.threatboard, { takeTold });
})();
