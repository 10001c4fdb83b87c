// Draws dashapp.components.chart: once when there is something to draw, and again when that or the room for it changes.
(function () {
  const point = ({ x, y, curveNumber, location }) => ({ x, y, curveNumber, location });
  const now = () => ({ timestamp: Date.now() }); // the same click twice is two clicks

  function listen(plot, setProps) {
    plot.on("plotly_click", ({ points, event }) => event?.button !== 2 && setProps({ clickData: { points: points.map(point), ...now() } }));
    plot.on("plotly_afterplot", () => plot.dispatchEvent(new CustomEvent("tb-drawn", { bubbles: true })));
    plot.on("plotly_selected", (event) => event?.range && setProps({ selectedData: { range: event.range, ...now() } }));
  }

  // The first Plotly knows bars and lines; the whole one takes its place when a chart needs more.
  const FIRST_TRACES = new Set(["bar", "scatter", undefined]);
  let whole = null;
  function plotlyFor(data) {
    if (!whole && data.every(({ type }) => FIRST_TRACES.has(type))) return undefined;
    whole ||= new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = document.documentElement.dataset.plotly;
      script.onload = done;
      script.onerror = failed;
      document.head.append(script);
    });
    return whole;
  }

  // Plotly writes into the layout it is given, and Dash's is not to be changed.
  async function draw(plot, { data, layout }, config, setProps) {
    await plotlyFor(data);
    const first = !plot.data;
    const shapes = { topojsonURL: document.documentElement.dataset.topojson }; // Plotly's own are another host's
    await window.Plotly.react(plot, data, structuredClone(layout), { ...config, ...shapes });
    if (first) listen(plot, setProps);
  }

  function watch(plot) {
    const room = () => `${plot.clientWidth} ${plot.clientHeight}`;
    let drawn = room();
    const observer = new ResizeObserver(() => {
      if (room() === drawn) return;
      drawn = room();
      if (plot.data && plot.clientWidth) window.Plotly.Plots.resize(plot);
    });
    observer.observe(plot);
    return () => {
      observer.disconnect();
      window.Plotly.purge(plot);
    };
  }

  function Chart({ id, height, figure, config, setProps }) {
    const { createElement, useEffect, useRef } = window.React;
    const box = useRef(null);
    const loading = window.dash_component_api.useDashContext().useLoading();
    useEffect(() => watch(box.current), []);
    useEffect(() => {
      if (figure) draw(box.current, figure, config, setProps);
    }, [figure]);
    return createElement("div", { id, ref: box, className: "tb-chart", style: { height }, "data-dash-is-loading": loading || undefined });
  }

  Object.assign(window.threatboard, { Chart });
})();
