// What the first page needs, without waiting for Dash: dashapp/first_page.py put it, or its questions, into the page.
(function () {
  const board = window.threatboard;
  const plainFetch = board.plainFetch;
  const element = (name) => document.querySelector(`script[data-brought="${name}"]`);
  const asked = new Map(); // by Dash's name of the output

  // The layout and the list of callbacks, once each.
  function brought(url) {
    const found = element(url.slice(url.lastIndexOf("/") + 1));
    if (!found) return null;
    found.remove();
    return new Response(found.textContent, { headers: { "Content-Type": "application/json" } });
  }

  const values = ({ inputs }) => JSON.stringify(inputs.map(({ value }) => value));

  // The answer under way to what Dash asks now, if it is the same question.
  function askedEarly(body) {
    const found = body && asked.get(body.output);
    asked.delete(body?.output);
    return found && found.values === values(body) ? found.answer : null;
  }

  // The answer is read at once: one that Dash turns out not to want would keep its connection.
  async function post(body) {
    const headers = { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": board.token() };
    const options = { method: "POST", headers, body: JSON.stringify(body) };
    const response = await plainFetch(`${board.prefix()}_dash-update-component`, options);
    const content = await response.arrayBuffer();
    return new Response(content.byteLength ? content : null, response);
  }

  // Charts first and by themselves: the server computes one thing at a time, and they take the browser longest.
  function ask() {
    const shown = JSON.parse(element("shown").textContent);
    if (!shown) return;
    const view = board.viewOf(shown, window.location.search, 0);
    let ready = Promise.resolve();
    for (const questions of JSON.parse(element("questions").textContent)) {
      const answers = questions.map((question) => {
        const body = { ...question, inputs: [{ ...question.inputs[0], value: view }] };
        const answer = ready.then(() => post(body));
        asked.set(body.output, { values: values(body), answer });
        return answer;
      });
      ready = Promise.allSettled(answers); // what failed is said when Dash asks
    }
  }

  Object.assign(board, { brought, askedEarly });
  ask();
})();
