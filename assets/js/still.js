// Draws dashapp.components.still: plain HTML in one piece, with Dash's own components in their places.
// React makes the elements, so text stays text whatever it contains.
(function () {
  const board = window.threatboard;

  // As dcc.Link does it, but a link within the page leaves it scrolled as it is.
  function follow(event) {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.button) return;
    event.preventDefault();
    board.go(event.currentTarget.getAttribute("href"));
  }

  function draw(node, live) {
    if (typeof node === "number") return live[node];
    if (!Array.isArray(node)) return node;
    const [name, attributes, ...inside] = node;
    const drawn = inside.map((one) => draw(one, live));
    if (name === "link") return window.React.createElement("a", { ...attributes, onClick: follow }, ...drawn);
    return window.React.createElement(name, attributes, ...drawn);
  }

  function Still({ children, tree }) {
    const live = [children].flat();
    return window.React.createElement(window.React.Fragment, null, ...tree.map((node) => draw(node, live)));
  }

  Object.assign(board, { Still });
})();
