// Exports: the dialog that asks for one, and a tray that shows those under way on whatever page one is meanwhile.
(function () {
  const board = window.threatboard;
  const POLL = 700;
  const ENDED = ["finished", "cancelled", "broken off", "failed", "not collected"];
  let latest = null;

  function keepView(view) {
    if (view?.path === "/explorer") latest = view;
    return window.dash_clientside.no_update;
  }

  function make(tag, attributes, ...children) {
    const element = Object.assign(document.createElement(tag), attributes);
    element.append(...children.filter((child) => child !== null));
    return element;
  }

  const number = (count) => count.toLocaleString("en");
  const rowsOf = (count) => `${number(count)} ${count === 1 ? "row" : "rows"}`;

  function choice(name, value, label, checked, note) {
    const box = make("input", { type: "radio", name, value, checked });
    return make("label", { className: "tb-export-choice" }, box, make("span", {}, label, note ? make("small", {}, note) : null));
  }

  // picked: names of rows, or null for all that match.
  function ask(picked) {
    if (!latest || document.querySelector("dialog.tb-export[open]")) return;
    const matching = document.querySelector("#explorer-total b")?.textContent;
    const all = matching ? `All that match (${matching})` : "All that match";
    const form = make("form", { method: "dialog" });
    const problem = make("p", { className: "tb-export-problem", role: "alert" });
    const go = make("button", { className: "tb-button tb-button-main", type: "submit" }, "Export");
    const dialog = make("dialog", { className: "tb-help tb-export" }, form);
    const shut = make("button", { className: "tb-button", type: "button", onclick: () => dialog.close() }, "Cancel");
    form.append(
      make("div", { className: "tb-help-head" }, make("h2", { id: "tb-export-title" }, `Export ${board.rowsShown()}`)),
      make(
        "div",
        { className: "tb-export-body" },
        make(
          "fieldset",
          {},
          make("legend", {}, "Which"),
          picked?.length ? choice("which", "picked", `Selected (${number(picked.length)})`, true) : null,
          choice("which", "all", all, !picked?.length),
        ),
        make(
          "fieldset",
          {},
          make("legend", {}, "Format"),
          choice("format", "csv", "CSV", true, "Opens in spreadsheets; nothing in it can run there."),
          choice("format", "parquet", "Parquet", false, "Typed and compact, for data tools."),
        ),
        make("p", { className: "tb-quiet" }, "Columns and order are those of the grid; times are in UTC. Exports are recorded."),
        problem,
      ),
      make("div", { className: "tb-help-foot tb-export-foot" }, shut, go),
    );
    dialog.setAttribute("aria-labelledby", "tb-export-title");
    dialog.onclose = () => dialog.remove();
    form.onsubmit = async (event) => {
      event.preventDefault();
      const chosen = new FormData(form);
      go.disabled = true;
      problem.textContent = "";
      const trouble = await start(chosen.get("format"), chosen.get("which") === "picked" ? picked : null);
      go.disabled = false;
      if (trouble) problem.textContent = trouble;
      else dialog.close();
    };
    document.body.append(dialog);
    dialog.showModal();
    go.focus();
  }

  const address = (id) => `${board.prefix()}exports${id ? `/${id}` : ""}`;

  async function start(format, rows) {
    let answer;
    try {
      answer = await board.plainFetch(address(), {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRFToken": board.token() },
        body: JSON.stringify({ view: latest, format, rows }),
      });
    } catch {
      return "The server cannot be reached.";
    }
    const body = await answer.json().catch(() => ({}));
    if (answer.status !== 201) return body.detail || "The server did not accept this export.";
    show(body);
    make("a", { href: body.address, download: body.name }).click();
    return "";
  }

  function tray() {
    let found = document.querySelector(".tb-exports");
    if (!found) {
      found = make("section", { className: "tb-exports" });
      found.setAttribute("aria-label", "Exports");
      document.body.append(found);
    }
    return found;
  }

  function show(told) {
    const bar = make("progress", { max: Math.max(told.total, 1), value: 0 });
    bar.setAttribute("aria-label", `Export ${told.name}`);
    const words = make("p", { className: "tb-exports-words" });
    words.setAttribute("role", "status");
    const button = make("button", { className: "tb-button", type: "button" }, "Cancel");
    const note = told.note ? make("p", { className: "tb-exports-note" }, told.note) : null;
    const entry = make("div", { className: "tb-exports-entry" }, make("b", {}, told.name), bar, words, note, button);
    button.onclick = () => {
      if (entry.dataset.ended) return leave(entry);
      return end(told.id).then((now) => now && update(now));
    };
    const update = (now) => {
      bar.value = now.total ? now.rows : now.state === "finished" ? 1 : 0;
      words.textContent = said(now);
      if (!ENDED.includes(now.state)) return;
      entry.dataset.ended = now.state;
      button.textContent = "Close";
      if (now.state === "finished") setTimeout(() => leave(entry), 15000);
    };
    update(told);
    tray().append(entry);
    follow(told.id, entry, update);
  }

  function leave(entry) {
    const box = entry.parentElement;
    entry.remove();
    if (box && !box.childElementCount) box.remove();
  }

  function said(now) {
    if (now.state === "finished") return `Done: ${rowsOf(now.rows)}.`;
    if (now.state === "cancelled") return `Cancelled after ${rowsOf(now.rows)}; the file is not complete.`;
    if (now.state === "failed") return `Stopped after ${rowsOf(now.rows)}: ${now.problem}.`;
    if (now.state === "broken off") return `The download broke off after ${rowsOf(now.rows)}; the file is not complete.`;
    if (now.state === "not collected") return "The browser did not fetch the file.";
    return `${number(now.rows)} of ${rowsOf(now.total)}`;
  }

  async function follow(id, entry, update) {
    while (entry.isConnected && !entry.dataset.ended) {
      await new Promise((done) => setTimeout(done, POLL));
      const now = await told(id, {});
      if (now === null) update({ state: "failed", rows: 0, total: 0, problem: "the server does not know it any more" });
      else if (now && !entry.dataset.ended) update(now);
    }
  }

  // What the server says; null when it knows no such export, undefined when it did not answer.
  async function told(id, options) {
    try {
      const answer = await board.plainFetch(address(id), options);
      if (answer.ok) return await answer.json();
      return [401, 403, 404].includes(answer.status) ? null : undefined;
    } catch {
      return undefined;
    }
  }

  const end = (id) => told(id, { method: "DELETE", headers: { "X-CSRFToken": board.token() } });

  document.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("#explorer-export")) ask(board.pickedRows?.() ?? null);
  });

  board.exportRows = ask;
  Object.assign(window.dash_clientside.threatboard, { keepView });
})();
