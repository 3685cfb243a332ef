// A turn is HTML that the server rendered, with its data in it. Parsed text never runs: no script of it is executed.
import { showClipped } from "./clip.js";

export function parse(html) {
  return new DOMParser().parseFromString(html, "text/html");
}

export function clone(template) {
  return document.querySelector(template).content.firstElementChild.cloneNode(true);
}

export function dataOf(turn) {
  return JSON.parse(turn.querySelector("script.data").textContent);
}

// What only works with a script is hidden until there is one.
export function enliven(root) {
  showClipped(root);
  for (const button of root.querySelectorAll("[data-action=copy], [data-scripted]")) button.hidden = false;
  return root;
}

// What is said of a turn to who cannot see it: not all of its evidence, which can be read at leisure.
export function summary(turn) {
  const said = [...turn.querySelectorAll(".said .kind, .said .answer, .said .reason, .derived, .confidence summary")];
  return said.map((part) => part.textContent.trim().replace(/\s+/g, " ")).join(". ");
}
