// The dialog that chooses the grid's columns, their order and the density of rows.
(function () {
  const board = window.threatboard;

  function make(tag, attributes, ...children) {
    const element = Object.assign(document.createElement(tag), attributes);
    element.append(...children.filter((child) => child !== null));
    return element;
  }

  function open() {
    if (document.querySelector("dialog.tb-columns[open]")) return;
    const { grid, all, shown, usual, commitColumns, applyLook } = board.gridColumns();
    if (!grid) return;
    const known = new Map(all.map((column) => [column.getColId(), column.getColDef()]));
    const label = (name) => known.get(name).headerName;
    let chosen = shown.map((column) => column.getColId());
    let look = board.gridLook();

    const order = make("ol", { className: "tb-columns-order" });
    order.setAttribute("aria-label", "Columns shown, in order");
    const list = make("div", { className: "tb-columns-list" });
    const search = make("input", { type: "search", className: "tb-columns-search", placeholder: "Find a column" });
    search.setAttribute("aria-label", "Find a column");
    const density = make("div", { className: "tb-columns-density" });
    const form = make("form", { method: "dialog" });
    const dialog = make("dialog", { className: "tb-help tb-columns" }, form);

    const control = (words, text, disabled, does) => {
      const button = make("button", { type: "button", className: "tb-columns-move", textContent: text, disabled, onclick: does });
      button.setAttribute("aria-label", words);
      return button;
    };

    function move(name, by) {
      const place = chosen.indexOf(name);
      chosen.splice(place, 1);
      chosen.splice(place + by, 0, name);
      drawOrder();
      const buttons = [...order.children].find((entry) => entry.dataset.name === name).querySelectorAll("button");
      (by < 0 ? [buttons[0], buttons[1]] : [buttons[1], buttons[0]]).find((button) => !button.disabled)?.focus();
    }

    function choose(name, on) {
      chosen = on ? [...chosen, name] : chosen.filter((one) => one !== name);
      drawOrder();
      for (const box of list.querySelectorAll("input")) box.disabled = chosen.length === 1 && box.checked;
    }

    function drawOrder() {
      const entries = chosen.map((name, place) => {
        const entry = make(
          "li",
          {},
          make("span", {}, label(name)),
          control(`Move ${label(name)} to the left`, "↑", place === 0, () => move(name, -1)),
          control(`Move ${label(name)} to the right`, "↓", place === chosen.length - 1, () => move(name, 1)),
        );
        entry.dataset.name = name;
        return entry;
      });
      order.replaceChildren(...entries);
    }

    function drawList() {
      const looked = search.value.trim().toLowerCase();
      const groups = new Map();
      for (const [name, { headerName, context }] of known) {
        if (looked && !`${headerName} ${name} ${context.group}`.toLowerCase().includes(looked)) continue;
        groups.set(context.group, [...(groups.get(context.group) || []), name]);
      }
      const sections = [...groups].map(([group, names]) =>
        make("fieldset", {}, make("legend", {}, group), ...names.map((name) => choice(name))),
      );
      list.replaceChildren(...(sections.length ? sections : [make("p", {}, "No column has such a name.")]));
    }

    function choice(name) {
      const box = make("input", { type: "checkbox", checked: chosen.includes(name) });
      box.disabled = chosen.length === 1 && box.checked; // a grid without columns shows nothing
      box.onchange = () => choose(name, box.checked);
      return make("label", { title: known.get(name).context.help }, box, label(name));
    }

    function drawDensity() {
      const options = [["comfortable", "Comfortable"], ["compact", "Compact"]].map(([value, words]) => {
        const box = make("input", { type: "radio", name: "density", value, checked: look.density === value });
        box.onchange = () => (look = { ...look, density: value });
        return make("label", {}, box, words);
      });
      density.replaceChildren(make("span", {}, "Rows"), ...options);
    }

    function draw() {
      drawOrder();
      drawList();
      drawDensity();
    }

    const reset = () => {
      chosen = [...usual];
      look = { density: "comfortable", widths: {} };
      draw();
    };
    const shut = make("button", { className: "tb-button", type: "button", onclick: () => dialog.close() }, "Cancel");
    form.append(
      make("div", { className: "tb-help-head" }, make("h2", { id: "tb-columns-title" }, "Columns")),
      make("div", { className: "tb-columns-body" }, make("div", { className: "tb-columns-left" }, search, list), order),
      make(
        "div",
        { className: "tb-help-foot tb-columns-foot" },
        density,
        make("button", { className: "tb-button", type: "button", onclick: reset }, "Reset to default"),
        shut,
        make("button", { className: "tb-button tb-button-main", type: "submit" }, "Apply"),
      ),
    );
    search.oninput = drawList;
    search.onkeydown = (event) => {
      if (event.key === "Enter") event.preventDefault(); // it would send the form
    };
    dialog.setAttribute("aria-labelledby", "tb-columns-title");
    dialog.onclose = () => dialog.remove();
    form.onsubmit = (event) => {
      event.preventDefault();
      dialog.close();
      if (JSON.stringify(look) !== JSON.stringify(board.gridLook())) {
        board.keepLook(look);
        applyLook();
      }
      commitColumns(chosen);
    };
    draw();
    document.body.append(dialog);
    dialog.showModal();
    search.focus();
  }

  document.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("#explorer-columns")) open();
  });
})();
