// Runs before the first paint: turns "auto" into light or dark, and follows the system while it stays "auto".
(function () {
  const root = document.documentElement;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  function paint() {
    const wanted = root.dataset.theme || "auto";
    root.dataset.mantineColorScheme = wanted === "auto" ? (dark.matches ? "dark" : "light") : wanted;
  }
  paint();
  dark.addEventListener("change", paint);
  window.threatboard = {
    theme: () => root.dataset.theme || "auto",
    setTheme(theme) {
      root.dataset.theme = theme;
      paint();
    },
  };
})();
