// What can be done with a time chart beside reading it: a legend entry takes its series off and puts it back; a right click
// on a part of a bar, or the menu of a legend entry, filters by it; the chart is saved as a picture or as numbers.
(function () {
  const board = window.threatboard;
  const SWITCH = ".tb-legend-switch";
  const chartOf = (element) => element.closest(".tb-card")?.querySelector(".js-plotly-plot");
  const switches = (plot) => [...(plot.closest(".tb-card")?.querySelectorAll(SWITCH) ?? [])];
  const hidden = (trace) => trace?.visible === "legendonly" || trace?.visible === false;

  function toggle(entry) {
    const plot = chartOf(entry);
    const place = Number(entry.dataset.series);
    if (!plot?.data?.[place]) return;
    window.Plotly.restyle(plot, { visible: hidden(plot.data[place]) ? true : "legendonly" }, [place]);
  }

  // Also after a new drawing, which shows everything again.
  document.addEventListener("tb-drawn", ({ target }) => {
    for (const entry of switches(target)) entry.setAttribute("aria-pressed", String(!hidden(target.data[Number(entry.dataset.series)])));
  });

  // The other fields the chart may be stacked by, from its own controls.
  const stacks = (plot) =>
    [...plot.closest(".tb-card").querySelectorAll('[aria-label="Stack by"] > .tb-choices > a:not(.tb-choice-chosen)')].map((link) => [
      "chart",
      `Stack by ${link.textContent.toLowerCase()}`,
      () => board.go(link.getAttribute("href")),
    ]);

  function openFor(entry, x, y, more = []) {
    const { field, value, label } = entry.dataset;
    if (value === undefined) return;
    board.openMenu(entry, label, [...more, ...board.valueActions(field, value, label), ...stacks(chartOf(entry))], x, y);
  }

  function below(element, does) {
    const { left, bottom } = element.getBoundingClientRect();
    does(left, bottom + 4);
  }

  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element)) return;
    const entry = event.target.closest(SWITCH);
    const menu = event.target.closest(".tb-legend-menu");
    const value = event.target.closest(".tb-narrow");
    const save = event.target.closest("[data-chart-save]");
    if (entry) toggle(entry);
    if (menu) below(menu, (x, y) => openFor(menu.parentElement.querySelector(SWITCH), x, y));
    if (value) below(value, (x, y) => board.openMenu(value, value.getAttribute("aria-label"), board.valueActions(value.dataset.field, value.dataset.value, board.shownText(value.dataset.value)), x, y));
    if (save) keep(save);
  });

  document.addEventListener("contextmenu", (event) => {
    if (event.shiftKey || !(event.target instanceof Element)) return;
    const entry = event.target.closest(SWITCH);
    const plot = event.target.closest(".js-plotly-plot");
    if (entry?.dataset.value !== undefined) {
      event.preventDefault();
      openFor(entry, event.clientX, event.clientY);
    } else if (plot && switches(plot).length) onChart(event, plot);
  });

  document.addEventListener(
    "keydown",
    (event) => {
      const entry = event.target instanceof Element && event.target.closest(SWITCH);
      if (!entry || !(event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey))) return;
      event.preventDefault();
      below(entry, (x, y) => openFor(entry, x, y));
    },
    true,
  );

  function onChart(event, plot) {
    const place = seriesAt(plot, event.clientX, event.clientY);
    const entry = switches(plot).find(({ dataset }) => Number(dataset.series) === place);
    if (!entry || entry.dataset.value === undefined) return;
    event.preventDefault();
    openFor(entry, event.clientX, event.clientY);
  }

  const time = (local) => (typeof local === "number" ? local : Date.parse(`${String(local).replace(" ", "T").slice(0, 19)}Z`) || Date.parse(`${String(local).slice(0, 10)}T00:00:00Z`));

  // Which series is drawn at a place of the screen: of stacked ones the first whose top is above it, else the nearest.
  function seriesAt(plot, clientX, clientY) {
    const { xaxis, yaxis } = plot._fullLayout;
    const box = plot.getBoundingClientRect();
    const x = xaxis.p2c(clientX - box.left - xaxis._offset);
    const y = yaxis.p2l(clientY - box.top - yaxis._offset);
    const log = yaxis.type === "log";
    let best = null;
    let stacked = 0;
    switches(plot).forEach(({ dataset }) => {
      const place = Number(dataset.series);
      const trace = plot._fullData[place];
      if (!trace || hidden(trace)) return;
      const at = [...trace.x].findLastIndex((start) => time(start) <= x);
      const count = at < 0 ? 0 : Number(trace.y[at]) || 0;
      if (log) {
        const far = count ? Math.abs(Math.log10(count) - y) : Infinity;
        if (far < 0.3 && (!best || far < best.far)) best = { place, far };
      } else {
        stacked += count;
        if (!best && count && y >= 0 && y <= stacked) best = { place };
      }
    });
    return best?.place ?? null;
  }

  function keep(button) {
    const plot = document.getElementById(button.dataset.chart);
    if (!plot?.data?.length) {
      board.toast("Nothing to save", "The chart is empty.", "neutral");
      return;
    }
    const name = button.dataset.title.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
    if (button.dataset.chartSave === "csv") save(new Blob(["\ufeff", numbers(plot)], { type: "text/csv" }), `${name}.csv`);
    else picture(plot, button.dataset.title, name);
  }

  function save(content, name) {
    const address = URL.createObjectURL(content);
    const link = Object.assign(document.createElement("a"), { href: address, download: name });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(address), 60000);
  }

  // As dashapp/domain/spreadsheet.py does it: no name may be taken for a formula.
  const proof = (text) => (/^'*[\s\x1c-\x1f]*[=+\-@\uff1d\uff0b\uff0d\uff20]/.test(text) ? `'${text}` : text);
  // Plotly's names are written as markup that means the text, see plot_text there.
  const meant = (label) => label.replaceAll("&#123;", "{").replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
  const cell = (text) => `"${proof(String(text)).replaceAll('"', '""')}"`;

  function numbers(plot) {
    const traces = plot._fullData.filter(({ name }) => name !== "No data loaded");
    const rows = new Map();
    traces.forEach((trace, place) => {
      [...trace.x].forEach((start, at) => {
        const row = rows.get(String(start)) ?? Array(traces.length).fill("");
        row[place] = Number(trace.y[at]) || 0;
        rows.set(String(start), row);
      });
    });
    const stamp = (text) => text.replace("T", " ").slice(0, 16);
    const zone = plot.layout.meta?.zone;
    const head = [zone ? `Time (${zone})` : "Time", ...traces.map(({ name }) => meant(name))].map(cell).join(",");
    const lines = [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([start, counts]) => [stamp(start), ...counts].join(","));
    return `${[head, ...lines].join("\r\n")}\r\n`;
  }

  // On white, with a legend of its own, whatever the page looks like.
  async function picture(plot, title, name) {
    const layout = { ...structuredClone(plot.layout), title: { text: title, x: 0.01 }, showlegend: true, paper_bgcolor: "#ffffff", plot_bgcolor: "#ffffff" };
    layout.margin = { l: 60, r: 20, t: 60, b: 50 };
    layout.font = { ...layout.font, family: "Inter, Arial, sans-serif", color: "#1a1f2b" };
    layout.legend = { orientation: "h", y: -0.15 };
    layout.height = 500;
    delete layout.width;
    try {
      const address = await window.Plotly.toImage({ data: plot.data, layout }, { format: "png", width: 1200, height: 500, scale: 2 });
      const bytes = Uint8Array.from(atob(address.slice(address.indexOf(",") + 1)), (char) => char.charCodeAt(0));
      save(new Blob([bytes], { type: "image/png" }), `${name}.png`);
    } catch {
      board.toast("Not saved", "The browser could not draw the picture.", "bad");
    }
  }
})();
