// The list of earlier conversations: found by a word of theirs, opened, renamed, deleted, and brought back.
import { entry, list, nameOf, onChange, remove, rename, restore } from "./kept.js";
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
  onChange(() => details.open && !section.querySelector("li input:not([hidden])") && fill());
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
    const does = event.target.closest("button")?.dataset.does;
    if (does === "rename") return name(item);
    if (does === "delete") return forget(item, deleted);
    if (!event.target.closest("a")) return;
    details.open = false;
    opened(item.dataset.id);
  });
}

function fill() {
  const wanted = field.value.toLowerCase().split(/\s+/).filter(Boolean);
  const holds = (one) => `${one.name ?? ""} ${one.question} ${one.words}`.toLowerCase();
  const found = list().filter((one) => wanted.every((word) => holds(one).includes(word)));
  details.querySelector("ul").replaceChildren(...found.map(item));
  details.querySelector(".none").textContent = found.length ? "" : wanted.length ? "None has these words." : "There are none yet.";
}

function item(one) {
  const shown = section.querySelector("template").content.firstElementChild.cloneNode(true);
  shown.dataset.id = one.id;
  shown.querySelector("bdi").textContent = nameOf(one);
  shown.querySelector("a").href = `${root}/?q=${encodeURIComponent(one.question)}`;
  const day = new Date(one.at);
  shown.querySelector("time").dateTime = day.toISOString();
  shown.querySelector("time").textContent = day.toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric" });
  for (const button of shown.querySelectorAll("button")) button.setAttribute("aria-label", `${button.textContent} ${nameOf(one)}`);
  return shown;
}

// Lets a name be typed in the place of an item's: Enter keeps it, so does going elsewhere; Escape does not.
function name(item) {
  const { id } = item.dataset;
  const kept = entry(id);
  if (!kept) return fill(); // another tab has deleted it
  const [link, typed] = item.querySelectorAll("a, input");
  typed.value = nameOf(kept);
  typed.hidden = !(link.hidden = true);
  typed.focus();
  typed.select();
  const end = (changed) => {
    typed.onkeydown = typed.onblur = null;
    if (changed) rename(id, typed.value.trim());
    fill();
    section.querySelector(`li[data-id="${CSS.escape(id)}"] [data-does=rename]`)?.focus();
  };
  typed.onblur = () => end(true);
  typed.onkeydown = (event) => {
    if (event.key !== "Enter" && event.key !== "Escape") return;
    event.preventDefault(); // or Enter would press the button that gets the focus
    event.stopPropagation(); // the list stays open
    end(event.key === "Enter");
  };
}

let gone = null;
function forget(item, deleted) {
  const { id } = item.dataset;
  const next = (item.nextElementSibling ?? item.previousElementSibling)?.querySelector("[data-does=delete]") ?? field;
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
