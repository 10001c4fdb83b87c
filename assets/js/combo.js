// A text field with a list of choices under it. choices(typed) promises [{value, label, detail, group, help}], in order;
// pick(choice) is told what was taken. The list stays open for more where keep is set; where nothing but a choice will do
// (only), Enter takes the first of those that fit what is typed.
(function () {
  const board = window.threatboard;
  let lists = 0;

  function make(tag, className, text) {
    const element = document.createElement(tag);
    element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  }

  // As dashapp/domain/text.py does it: nothing an attacker wrote is invisible or turns text round.
  const shown = (text) =>
    text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, (char) => `⟦U+${char.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}⟧`);

  function combo(input, { choices, pick, keep = false, only = false }) {
    const id = `tb-combo-${++lists}`;
    let box = null;
    let found = [];
    let active = -1;
    let asked = 0;
    const resized = new ResizeObserver(() => box && place());
    const scrolled = ({ target }) => target.contains(input) && place(); // it stays with the field

    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-expanded", "false");
    input.autocomplete = "off";
    input.spellcheck = false;

    function close() {
      asked += 1;
      box?.remove();
      box = null;
      active = -1;
      resized.disconnect();
      document.removeEventListener("scroll", scrolled, true);
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-controls");
      input.removeAttribute("aria-activedescendant");
    }

    async function open() {
      const mine = ++asked;
      const next = await choices(input.value);
      if (mine !== asked || document.activeElement !== input) return;
      found = next;
      draw();
    }

    function option(choice, index) {
      const element = make("div", "tb-combo-option");
      Object.assign(element, { id: `${id}-${index}`, role: "option", title: choice.help || "" });
      element.dataset.index = index;
      element.setAttribute("aria-selected", "false");
      element.append(make("bdi", "", shown(choice.label)));
      if (choice.detail) {
        const detail = make("span", "tb-combo-detail", choice.detail);
        detail.append(make("span", "tb-hidden", " messages"));
        element.append(detail);
      }
      return element;
    }

    function draw() {
      if (!found.length) return close();
      box?.remove();
      box = make("div", "tb-combo");
      Object.assign(box, { id, role: "listbox" });
      box.setAttribute("aria-label", input.getAttribute("aria-label") || "Choices");
      let group = "";
      found.forEach((choice, index) => {
        if (choice.group && choice.group !== group) {
          const heading = make("div", "tb-combo-group", choice.group);
          heading.setAttribute("role", "presentation");
          box.append(heading);
        }
        group = choice.group || group;
        box.append(option(choice, index));
      });
      box.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
      box.addEventListener("click", (event) => {
        const chosen = event.target.closest("[role=option]");
        if (chosen) take(Number(chosen.dataset.index));
      });
      (input.closest("dialog") || document.body).append(box);
      place();
      resized.observe(input.closest("dialog") || document.body);
      document.addEventListener("scroll", scrolled, true);
      active = -1;
      input.setAttribute("aria-expanded", "true");
      input.setAttribute("aria-controls", id);
      input.removeAttribute("aria-activedescendant");
      return undefined;
    }

    function place() {
      const { left, bottom, top, width } = input.getBoundingClientRect();
      const below = window.innerHeight - bottom - 12;
      const room = Math.max(below, top - 12);
      Object.assign(box.style, { top: "", bottom: "" });
      box.style.maxHeight = `${Math.min(300, room)}px`;
      box.style.minWidth = `${Math.max(width, 220)}px`;
      box.style.left = `${Math.max(8, Math.min(left, window.innerWidth - box.offsetWidth - 8))}px`;
      if (below >= Math.min(box.offsetHeight, 180)) box.style.top = `${bottom + 4}px`;
      else box.style.bottom = `${window.innerHeight - top + 4}px`;
    }

    function move(to) {
      const options = [...box.querySelectorAll("[role=option]")];
      options[active]?.setAttribute("aria-selected", "false");
      active = (to + options.length) % options.length;
      options[active].setAttribute("aria-selected", "true");
      options[active].scrollIntoView({ block: "nearest" });
      input.setAttribute("aria-activedescendant", options[active].id);
    }

    function take(index) {
      const choice = found[index];
      close();
      pick(choice);
      if (keep) open();
    }

    input.addEventListener("focus", open);
    input.addEventListener("click", () => box || open());
    input.addEventListener("input", open);
    input.addEventListener("blur", close);
    input.addEventListener("keydown", (event) => {
      if (event.isComposing || event.ctrlKey || event.metaKey) return;
      if (event.key === "ArrowDown" && !box) open();
      else if (event.key === "ArrowDown") move(active + 1);
      else if (event.key === "ArrowUp" && box) move(active < 0 ? -1 : active - 1);
      else if (event.key === "Enter" && box && (active >= 0 || (only && input.value.trim()))) take(Math.max(active, 0));
      else if (event.key === "Escape" && box) close();
      else return;
      event.preventDefault();
      event.stopImmediatePropagation();
    });
    return { open, close };
  }

  Object.assign(board, { combo, shownText: shown });
})();
