// Saved queries: the menu in the explorer, the dialogs that save, edit and delete, and the buttons of their page.
(function () {
  const board = window.threatboard;
  const MOST_TRIES = 15; // seconds in which a count is looked for

  function make(tag, attributes, ...children) {
    const element = Object.assign(document.createElement(tag), attributes);
    element.append(...children.filter((child) => child !== null));
    return element;
  }

  // What the server answers: {body, trouble}; trouble is a sentence for people, empty when all went well.
  async function ask(path, method = "GET", sent = null) {
    const options = { method, headers: { Accept: "application/json" } };
    if (method !== "GET") options.headers["X-CSRFToken"] = board.token();
    if (sent !== null) {
      options.headers["Content-Type"] = "application/json";
      options.body = JSON.stringify(sent);
    }
    try {
      const answer = await board.plainFetch(`${board.prefix()}saved-queries${path}`, options);
      const body = await answer.json().catch(() => ({}));
      return { body, trouble: answer.ok ? "" : body.detail || "The server did not accept this." };
    } catch {
      return { body: {}, trouble: "The server cannot be reached." };
    }
  }

  const tell = (title, text) => board.toast(title, text, "neutral");

  // title: of the dialog; parts: what is in it; does: label of the main button and what it does, which may give trouble.
  function dialog(title, parts, main, extra = null) {
    document.querySelector("dialog.tb-saved[open]")?.close();
    const problem = make("p", { className: "tb-saved-problem", role: "alert" });
    const form = make("form", { method: "dialog", noValidate: true });
    const box = make("dialog", { className: "tb-help tb-saved" }, form);
    const shut = make("button", { className: "tb-button", type: "button", onclick: () => box.close() }, main ? "Cancel" : "Close");
    const go = main ? make("button", { className: "tb-button tb-button-main", type: "submit" }, main.label) : null;
    form.append(
      make("div", { className: "tb-help-head" }, make("h2", { id: "tb-saved-title" }, title)),
      make("div", { className: "tb-saved-body" }, ...parts, problem),
      make("div", { className: "tb-help-foot tb-saved-foot" }, extra, shut, go),
    );
    form.onsubmit = async (event) => {
      event.preventDefault();
      if (!go || go.disabled) return;
      go.disabled = true;
      problem.textContent = "";
      const trouble = await main.does();
      go.disabled = false;
      if (trouble) problem.textContent = trouble;
      else box.close();
    };
    box.setAttribute("aria-labelledby", "tb-saved-title");
    box.onclose = () => box.remove();
    document.body.append(box);
    box.showModal();
    return { box, problem };
  }

  function field(label, input) {
    return make("label", { className: "tb-saved-field" }, make("span", {}, label), input);
  }

  // The parts of a dialog that are the same for a new query and an old one, and what they hold.
  function settings(told) {
    const name = make("input", { type: "text", maxLength: 120, value: told.name || "", required: true });
    const roles = told.roles || [];
    const offered = [{ value: "", label: "Only me" }, ...roles.map((role) => ({ ...role, label: `Everyone who is ${role.label}` }))];
    if (told.shared && !roles.some((role) => role.value === told.shared)) offered.push({ value: told.shared, label: "As it is" });
    const shared = make("select", {}, ...offered.map((one) => make("option", { value: one.value, selected: one.value === (told.shared || "") }, one.label)));
    const tracked = make("input", { type: "checkbox", checked: Boolean(told.tracked) });
    const threshold = make("input", { type: "text", inputMode: "numeric", value: told.threshold ?? "", placeholder: "No alert" });
    const alertFrom = field("Alert from this many in a day", threshold);
    const show = () => (alertFrom.hidden = !tracked.checked);
    tracked.onchange = show;
    show();
    const track = make("label", { className: "tb-saved-check" }, tracked, make("span", {}, "Track this query", make("small", {}, "It is counted every day, with your rights, in your time zone.")));
    const parts = [field("Name", name), roles.length || told.shared ? field("Who sees it", shared) : null];
    const after = told.own === false ? [] : [track, alertFrom];
    const typed = () => threshold.value.trim();
    const values = () => ({
      name: name.value,
      shared: shared.value,
      tracked: tracked.checked,
      threshold: typed() ? (/^\d{1,12}$/.test(typed()) ? Number(typed()) : -1) : null,
    });
    return { name, parts, after, values };
  }

  async function save() {
    const { body, trouble } = await ask("");
    const form = settings({ roles: body.roles });
    const search = window.location.search;
    const { problem } = dialog("Save this view", [...form.parts, ...form.after], {
      label: "Save",
      does: async () => {
        const answer = await ask("", "POST", { ...form.values(), search });
        if (!answer.trouble) tell("Saved", board.shownText(answer.body.name));
        return answer.trouble;
      },
    });
    problem.textContent = trouble;
    form.name.focus();
  }

  async function edit(id) {
    const { body, trouble } = await ask(`/${encodeURIComponent(id)}`);
    if (trouble) return tell("Not opened", trouble);
    const form = settings(body);
    const query = make("textarea", { rows: 3, value: body.query, spellcheck: false });
    const [from, to] = ["from", "to"].map((end) => make("input", { type: "text", value: body[end], maxLength: 64 }));
    const range = make("div", { className: "tb-saved-two" }, field("From", from), field("To", to));
    dialog("Edit saved query", [...form.parts, field("Query", query), range, ...form.after], {
      label: "Save",
      does: async () => {
        const sent = { ...form.values(), version: body.version, query: query.value, from: from.value.trim(), to: to.value.trim() };
        const answer = await ask(`/${encodeURIComponent(id)}`, "PUT", sent);
        if (!answer.trouble) board.refresh();
        return answer.trouble;
      },
    });
    return form.name.focus();
  }

  function remove(id, name) {
    const text = make("p", {}, "Delete ", make("bdi", {}, make("b", {}, name)), "? Its tracking and its alerts go with it.");
    dialog("Delete saved query", [text], {
      label: "Delete",
      does: async () => {
        const { trouble } = await ask(`/${encodeURIComponent(id)}`, "DELETE");
        if (!trouble) board.refresh();
        return trouble;
      },
    });
  }

  async function send(path, method, sent, said) {
    const { trouble } = await ask(path, method, sent);
    tell(trouble ? "Not done" : said, trouble);
    board.refresh();
  }

  // The numbers are shown when they are there; a runner that takes longer is not waited for.
  async function count(id) {
    const path = `/${encodeURIComponent(id)}`;
    const before = await ask(path);
    await send(`${path}/count`, "POST", {}, "It is being counted");
    for (let tries = 0; tries < MOST_TRIES && !before.trouble; tries += 1) {
      await new Promise((done) => setTimeout(done, 1000));
      const { body, trouble } = await ask(path);
      if (trouble || !document.querySelector(".tb-trackers")) return;
      if (body.counted !== before.body.counted) {
        board.refresh();
        return;
      }
    }
  }

  const DOES = {
    edit,
    delete: remove,
    default: (id) => send(`/${id}/default`, "PUT", { on: true }, "The explorer opens with it now"),
    undefault: (id) => send(`/${id}/default`, "PUT", { on: false }, "The explorer opens as usual again"),
    count,
    seen: (id) => send("/alerts/seen", "POST", { alerts: [id] }, "Put aside"),
  };

  function group({ label, items }) {
    if (!items.length) return null;
    const entries = items.map((one) =>
      make("li", {}, make("a", { className: "tb-saved-item", href: one.address }, make("b", {}, make("bdi", {}, one.name)), make("small", {}, make("bdi", {}, one.note || "Everything")))),
    );
    return make("section", {}, make("h3", {}, label), make("ul", {}, ...entries));
  }

  async function menu() {
    const { body, trouble } = await ask("");
    const first = make("button", { className: "tb-button tb-button-main", type: "button", onclick: save }, "Save this view…");
    const manage = make("a", { href: body.manage || "#" }, "Manage saved queries");
    const { problem } = dialog("Saved queries", [first, ...(body.groups || []).map(group)], null, body.manage ? manage : null);
    problem.textContent = trouble;
    first.focus();
  }

  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element)) return;
    if (event.target.closest("#explorer-saved")) menu();
    const button = event.target.closest("[data-saved]");
    if (button) DOES[button.dataset.saved]?.(button.dataset.id, button.dataset.name);
  });

  // An address without any state is the person's default query when they arrive, and the plain explorer otherwise.
  board.opening = (shown, search, pathname, before) => {
    if (!shown.opens || search) return false;
    const arriving = before?.path !== shown.path;
    board.go(pathname + (arriving ? shown.opens : "?view=all"), true);
    return true;
  };
})();
