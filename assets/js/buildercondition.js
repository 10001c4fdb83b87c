// One condition of the filter builder: its property, how it compares, and its values. What is typed goes into the row of
// the draft at once; told(row) says that it changed.
(function () {
  const board = window.threatboard;
  const PAUSE = 150; // milliseconds without a key before values are looked up

  function make(tag, attributes, ...children) {
    const element = Object.assign(document.createElement(tag), attributes);
    element.append(...children.filter((child) => child !== null));
    return element;
  }

  const named = (element, name) => {
    element.setAttribute("aria-label", name);
    return element;
  };

  // Values that occur, asked of the server; only the answer to the latest question is wanted.
  let sequence = 0;
  let answer = null;
  function values(field, typed) {
    sequence = Math.max(Date.now(), sequence + 1);
    const mine = sequence;
    return new Promise((done) => {
      setTimeout(() => {
        if (mine !== sequence) return done([]);
        answer = { sequence, done };
        window.dash_clientside.set_props("builder-values-wanted", { data: { field, typed: typed.slice(0, 200), sequence } });
        return undefined;
      }, PAUSE);
    });
  }
  function takeValues(told) {
    if (told && told.sequence === answer?.sequence) answer.done(told.values);
    return window.dash_clientside.no_update;
  }

  // Lines and commas separate pasted values; a comma inside quotes does not.
  function separated(text) {
    const found = [];
    for (const [, quoted, plain] of text.matchAll(/[ \t]*"([^"]*)"[ \t]*|([^,\r\n]+)/g)) {
      const value = (quoted ?? plain).trim();
      if (value) found.push(value);
    }
    return [...new Set(found)];
  }

  // language: {fields: Map, ways}. told(): the row changed. redraw(part): the row has to be drawn anew, then part focused.
  function condition(row, language, told, redraw) {
    const field = language.fields.get(row.field);
    const ways = field ? language.ways[field.kind] : [];
    const way = ways.find(({ name }) => name === row.way);
    const box = make("div", { className: "tb-b-condition" }, property(row, language, redraw));
    if (!field || !row.way) return box;
    box.append(comparison(row, ways, redraw));
    if (way && way.takes !== "none") box.append(editor(row, field, way, told));
    return box;
  }

  function property(row, language, redraw) {
    const current = () => language.fields.get(row.field)?.label ?? "";
    const input = named(make("input", { type: "text", className: "tb-b-property", value: row.way ? current() : "", placeholder: "Property" }), "Property");
    input.dataset.part = "property";
    const known = [...language.fields.values()];
    board.combo(input, {
      choices: async (typed) => {
        const looked = typed === current() ? "" : typed.trim().toLowerCase();
        return known
          .filter(({ label, name, group }) => `${label} ${name} ${group}`.toLowerCase().includes(looked))
          .map(({ name, label, group, help }) => ({ value: name, label, group, help }));
      },
      pick: ({ value }) => {
        if (value !== row.field || !row.way) {
          const { kind } = language.fields.get(value);
          Object.assign(row, { field: value, way: language.ways[kind][0].name, values: kind === "flag" ? ["true"] : [], not: false });
        }
        redraw("values");
      },
      only: true,
    });
    input.addEventListener("focus", () => input.select());
    input.addEventListener("blur", () => (input.value = row.way ? current() : ""));
    return input;
  }

  function comparison(row, ways, redraw) {
    const select = named(make("select", { className: "tb-b-way" }), "How it compares");
    select.dataset.part = "way";
    for (const { name, words, negated } of ways) {
      for (const [not, text] of [[false, words], [true, negated]]) {
        const option = make("option", { value: `${not ? "not " : ""}${name}`, textContent: text });
        option.selected = name === row.way && not === row.not;
        select.append(option);
      }
    }
    select.onchange = () => {
      const not = select.value.startsWith("not ");
      const name = not ? select.value.slice(4) : select.value;
      const { takes } = ways.find((one) => one.name === name);
      if (takes === "none") row.values = [];
      if (takes === "one") row.values = row.values.slice(0, 1);
      if (takes === "two") row.values = [row.values[0] ?? "", row.values[1] ?? ""];
      if (takes === "many") row.values = row.values.filter(Boolean);
      Object.assign(row, { way: name, not });
      redraw("way");
    };
    return select;
  }

  function editor(row, field, way, told) {
    if (field.kind === "flag") return yesOrNo(row, told);
    if (way.takes === "many") return tokens(row, field, told);
    const set = (place) => (text) => {
      if (way.takes === "two") row.values[place] = text;
      else row.values = text ? [text] : [];
      told();
    };
    if (way.takes === "one") return single(row.values[0] ?? "", "Value", field, way, set(0));
    const ends = ["From", "To"].map((name, place) => single(row.values[place] ?? "", name, field, way, set(place)));
    delete ends[1].dataset.part;
    return make("div", { className: "tb-b-ends" }, ends[0], make("span", {}, "and"), ends[1]);
  }

  const HINTS = { number: "Number", time: "2026-03-01 or now-7d", ip: "192.0.2.7 or 192.0.2.0/24" };

  function single(value, name, field, way, set) {
    const input = named(make("input", { type: "text", className: "tb-b-value", value, placeholder: HINTS[field.kind] || "Value" }), name);
    input.dataset.part = "values";
    if (field.kind === "time") {
      const pick = (choice) => {
        input.value = choice.value;
        set(choice.value);
      };
      board.combo(input, { choices: (typed) => values(field.name, typed), pick });
    }
    if (field.kind === "number") input.inputMode = "decimal";
    input.addEventListener("input", () => set(way.name === "regex" ? input.value : input.value.trim()));
    return input;
  }

  function yesOrNo(row, told) {
    const select = named(make("select", { className: "tb-b-way" }), "Value");
    select.dataset.part = "values";
    const holds = ["true", "yes", "1"].includes((row.values[0] || "").toLowerCase());
    for (const [value, text] of [["true", "Yes"], ["false", "No"]]) {
      select.append(make("option", { value, textContent: text, selected: (value === "true") === holds }));
    }
    select.onchange = () => {
      row.values = [select.value];
      told();
    };
    return select;
  }

  // Many values: each is a token, the field beside them takes more.
  function tokens(row, field, told) {
    const box = make("div", { className: "tb-b-tokens" });
    const input = named(make("input", { type: "text", placeholder: HINTS[field.kind] || "Value; paste a list" }), `Values of ${field.label}`);
    input.dataset.part = "values";
    const changed = () => {
      draw();
      told();
    };
    const add = (more) => {
      input.value = "";
      row.values = [...new Set([...row.values, ...more])];
      changed();
    };
    const remove = (value) => {
      row.values = row.values.filter((one) => one !== value);
      changed();
      input.focus();
    };
    function token(value) {
      const button = named(make("button", { type: "button", textContent: "×", onclick: () => remove(value) }), `Remove ${board.shownText(value)}`);
      return make("span", { className: "tb-b-token" }, make("bdi", {}, board.shownText(value) || "(empty)"), button);
    }
    function draw() {
      for (const old of box.querySelectorAll(".tb-b-token")) old.remove();
      input.before(...row.values.map(token));
    }
    box.append(input);
    draw();
    const list = board.combo(input, {
      choices: async (typed) => (await values(field.name, typed)).filter(({ value }) => !row.values.includes(value)),
      pick: ({ value }) => add([value]),
      keep: true,
    });
    input.addEventListener("blur", () => input.value.trim() && add([input.value.trim()]));
    input.addEventListener("paste", (event) => {
      const pasted = separated(event.clipboardData?.getData("text") || "");
      if (pasted.length < 2) return;
      event.preventDefault();
      add(pasted);
    });
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && input.value.trim() && !event.ctrlKey && !event.metaKey) {
        event.preventDefault();
        list.close();
        add([input.value.trim()]);
      } else if (event.key === "Backspace" && !input.value && row.values.length) {
        event.preventDefault();
        const last = row.values.at(-1);
        row.values = row.values.slice(0, -1);
        changed();
        input.value = last; // to be put right
      }
    });
    return box;
  }

  Object.assign(board, { builderCondition: condition });
  Object.assign(window.dash_clientside.threatboard, { takeValues });
})();
