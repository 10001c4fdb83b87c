// What Dash asks the server, watched: an ended session goes to sign-in and back here; a failed answer marks its card;
// the grid's library is fetched when a page first needs it.
(function () {
  const plainFetch = window.fetch.bind(window);
  const board = window.threatboard;
  let leaving = false;

  window.fetch = async function (resource, options) {
    const url = typeof resource === "string" ? resource : resource.url;
    if (!url.includes("/_dash-") && !url.includes("_dash-update-component")) return plainFetch(resource, options);
    const brought = board.brought(url);
    if (brought) return brought;
    const asked = read(options);
    const outputs = outputIds(asked);
    let response;
    try {
      response = await (board.askedEarly(asked) ?? plainFetch(resource, options));
    } catch (error) {
      if (!leaving) fail(outputs, "The server cannot be reached.", "");
      throw error;
    }
    if (response.status === 401) {
      signIn();
      return new Promise(() => {}); // the page is being left; nothing may run on
    }
    if (response.ok) {
      succeed(outputs);
      if (outputs.includes("shell-page")) await gridLibrary(response);
    } else if (outputs.length) {
      const { message, reference } = await said(response);
      fail(outputs, message, reference, response.status === 504);
    }
    return response;
  };

  function signIn() {
    if (leaving) return;
    leaving = true;
    const back = window.location.pathname + window.location.search + window.location.hash;
    window.location.assign(`${board.prefix()}sign-in?next=${encodeURIComponent(back)}`);
  }

  function read(options) {
    try {
      return JSON.parse(options.body);
    } catch {
      return null;
    }
  }

  function outputIds(asked) {
    return [asked?.outputs].flat(2).filter(Boolean).map(({ id }) => (typeof id === "string" ? id : sortedId(id)));
  }

  // Dash writes pattern ids into the page as JSON with sorted keys.
  const sortedId = (id) => JSON.stringify(Object.fromEntries(Object.entries(id).sort(([a], [b]) => (a < b ? -1 : 1))));

  function cards(outputs) {
    const found = outputs.map((id) => document.getElementById(id)?.closest(".tb-card")).filter(Boolean);
    return new Set(found);
  }

  function succeed(outputs) {
    for (const card of cards(outputs)) {
      card.classList.add("has-data");
      card.classList.remove("has-failed");
      const failure = card.querySelector(".tb-failure");
      if (failure) failure.hidden = true;
    }
  }

  // What took too long gets a way out: a shorter range, that ends where this one does.
  const SPANS = [[30 * 86400e3, "30 days"], [7 * 86400e3, "7 days"], [86400e3, "24 hours"], [3600e3, "hour"]];
  function narrower() {
    const told = document.querySelector("#shell-range-label [data-from]")?.dataset ?? {};
    const [from, to] = [Date.parse(told.from), Date.parse(told.to)];
    const found = SPANS.find(([span]) => span <= (to - from) / 2);
    if (!found) return null;
    const [start, end] = [to - found[0], to].map((instant) => `${new Date(instant).toISOString().slice(0, 16)}Z`);
    return { words: `Show only the last ${found[1]}`, go: () => board.commit({ from: start, to: end, grain: null }) };
  }

  function wayOut(failure, late) {
    failure.querySelector(".tb-narrower")?.remove();
    if (late && !document.querySelector("#shell-range-label [data-from]")) {
      setTimeout(() => failure.hidden || wayOut(failure, late), 500); // the range is not on the page yet
      return;
    }
    const way = late ? narrower() : null;
    if (!way) return;
    const button = Object.assign(document.createElement("button"), { type: "button", className: "tb-button tb-button-main tb-narrower", textContent: way.words });
    button.onclick = way.go;
    failure.append(button);
  }

  function fail(outputs, message, reference, late = false) {
    const failed = cards(outputs);
    for (const card of failed) {
      const failure = card.querySelector(".tb-failure");
      if (!failure) continue;
      card.classList.add("has-failed");
      failure.querySelector(".tb-failure-text").textContent = message;
      failure.querySelector(".tb-failure-reference").textContent = reference ? `Reference ${reference}` : "";
      wayOut(failure, late);
      failure.hidden = false;
    }
    if (outputs.length && !failed.size) {
      toast("That did not work", reference ? `${message} Reference ${reference}` : message, "bad");
    }
  }

  const REASONS = {
    400: "The server did not accept this request.",
    403: "Your roles do not allow this.",
    429: "Too many questions at once. Try again in a moment.",
    503: "The server is busy. Try again in a moment.",
    504: "This took too long. Try a shorter time range.",
  };
  async function said(response) {
    const reference = response.headers.get("X-Request-ID") || "";
    try {
      const body = await response.clone().json();
      if (typeof body.detail === "string") return { message: body.detail, reference };
    } catch {
      // Not JSON: the page of a proxy, or no body at all.
    }
    return { message: REASONS[response.status] || "This part could not be loaded.", reference };
  }

  let grid = null;
  function gridLibrary(response) {
    const source = document.documentElement.dataset.grid;
    if (window.dash_ag_grid || !source) return undefined;
    return response.clone().text().then((text) => (text.includes('"dash_ag_grid"') ? loadGrid(source) : undefined));
  }
  function loadGrid(source) {
    grid ||= new Promise((done) => {
      const script = document.createElement("script");
      script.src = source;
      script.onload = done;
      script.onerror = done;
      document.head.append(script);
    });
    return grid;
  }

  const COLOURS = { good: "green", bad: "red", neutral: "blue" };
  let toasts = 0;
  function toast(title, message, tone) {
    const notice = { action: "show", id: `toast-${++toasts}`, title, message, color: COLOURS[tone] || "blue" };
    window.dash_clientside?.set_props?.("shell-notices", { sendNotifications: [{ ...notice, autoClose: 6000 }] });
  }

  document.addEventListener("click", (event) => {
    if (event.target.closest(".tb-retry")) board.refresh();
  });

  // Forms of ours are callbacks, but for signing out: a changed password renews the session, and with it the token
  // this page was laid out with.
  document.addEventListener("submit", (event) => {
    if (event.target.classList.contains("tb-form")) {
      event.preventDefault(); // its button is a callback's
      return;
    }
    const field = event.target.querySelector("input[name=csrf_token]");
    if (field && token()) field.value = token();
  });

  function token() {
    const found = document.cookie.split("; ").find((cookie) => cookie.startsWith("_csrf_token="));
    return found ? decodeURIComponent(found.slice("_csrf_token=".length)) : "";
  }

  Object.assign(board, { toast, token, plainFetch });
})();
