// A turn is HTML that the server rendered, with its data in it. Parsed text never runs: no script of it is executed.

export function parse(html) {
  return new DOMParser().parseFromString(html, "text/html");
}

export function dataOf(turn) {
  return JSON.parse(turn.querySelector("script.data").textContent);
}

// What only works with a script is hidden until there is one.
export function enliven(root) {
  for (const button of root.querySelectorAll("[data-action=copy]")) button.hidden = false;
  return root;
}
