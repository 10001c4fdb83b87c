// What paper needs and a screen does not: a line with title, time range and moment, and charts that fit its width.
(function () {
  const zone = { dateStyle: "medium", timeStyle: "short" };
  let line = null;

  window.addEventListener("beforeprint", () => {
    line = document.createElement("div");
    line.className = "tb-printed";
    const title = document.createElement("b");
    title.textContent = document.title;
    const range = document.createElement("span");
    range.textContent = texts(document.getElementById("shell-range-label")).join(", ");
    const moment = document.createElement("span");
    moment.textContent = `Printed ${new Date().toLocaleString("en-GB", zone)}`;
    line.append(title, range, moment);
    document.body.prepend(line);
    for (const chart of document.querySelectorAll(".js-plotly-plot .main-svg")) {
      const { width, height } = chart.getBoundingClientRect();
      if (width) chart.setAttribute("viewBox", `0 0 ${width} ${height}`);
    }
  });

  function texts(element) {
    const walker = document.createTreeWalker(element ?? document.createElement("p"), NodeFilter.SHOW_TEXT);
    const found = [];
    while (walker.nextNode()) found.push(walker.currentNode.data.trim());
    return found.filter(Boolean);
  }

  window.addEventListener("afterprint", () => {
    line?.remove();
    for (const chart of document.querySelectorAll(".js-plotly-plot .main-svg[viewBox]")) chart.removeAttribute("viewBox");
  });
})();
