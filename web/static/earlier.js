// The list of earlier conversations: found by a word of theirs, opened, deleted, and brought back.
import { list, remove, restore } from "./kept.js";
import { root } from "./root.js";

const section = document.querySelector(".conversations");
const details = section?.querySelector("details");
const field = section?.querySelector("input");
const told = section?.querySelector(".told");

// opened(id): called when one is chosen; deleted(id): when one has gone.
export function showEarlier({ opened, deleted }) {
  section.hidden = false;
  details.addEventListener("toggle", () => details.open && fill());
  field.addEventListener("input", fill);
  section.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !details.open) return;
    details.open = false;
    details.querySelector("summary").focus();
  });
  document.addEventListener("click", (event) => {
    if (!event.composedPath().includes(section)) details.open = false;
  });
  section.addEventListener("click", (event) => {
    const item = event.target.closest("li");
    if (event.target.closest("[data-undo]")) return undo();
    if (!item || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (event.target.closest("button")) return forget(item, deleted);
    if (!event.target.closest("a")) return;
    details.open = false;
    opened(item.dataset.id);
  });
}

function fill() {
  const wanted = field.value.toLowerCase().split(/\s+/).filter(Boolean);
  const found = list().filter(({ name, words }) => wanted.every((word) => `${name} ${words}`.toLowerCase().includes(word)));
  details.querySelector("ul").replaceChildren(...found.map(item));
  details.querySelector(".none").textContent = found.length ? "" : wanted.length ? "None has these words." : "There are none yet.";
}

function item({ id, name, at }) {
  const shown = section.querySelector("template").content.firstElementChild.cloneNode(true);
  shown.dataset.id = id;
  shown.querySelector("bdi").textContent = name;
  shown.querySelector("a").href = `${root}/?q=${encodeURIComponent(name)}`;
  const day = new Date(at);
  shown.querySelector("time").dateTime = day.toISOString();
  shown.querySelector("time").textContent = day.toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric" });
  shown.querySelector("button").setAttribute("aria-label", `Delete ${name}`);
  return shown;
}

let gone = null;
function forget(item, deleted) {
  const { id } = item.dataset;
  const next = (item.nextElementSibling ?? item.previousElementSibling)?.querySelector("button") ?? field;
  gone = remove(id);
  deleted(id);
  next.focus();
  item.remove();
  told.textContent = "Deleted. ";
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet";
  button.dataset.undo = "";
  button.textContent = "Undo";
  told.append(button);
}

function undo() {
  restore(gone);
  told.textContent = "It is back.";
  fill();
  field.focus();
}
