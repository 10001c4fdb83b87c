// Buttons that copy the text in their data-copy.
(function () {
  const board = window.threatboard;

  // Browsers keep the clipboard from pages that come by plain http; the old way still works there.
  function copyOldWay(text) {
    const field = document.createElement("textarea");
    field.value = text;
    field.style.position = "fixed";
    field.style.opacity = "0";
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    return done;
  }

  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      return copyOldWay(text);
    }
  }

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const done = await copy(button.dataset.copy);
    button.focus({ preventScroll: true });
    if (done) board.toast("Copied", button.title.replace(/^Copy (the )?/, ""), "neutral");
    else board.toast("That did not work", "Your browser did not allow copying.", "bad");
  });
})();
