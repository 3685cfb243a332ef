// Suggested questions as somebody types: an editable combobox with a list (WAI-ARIA Authoring Practices 1.2). Those of
// the empty page follow the filters.
import { filters } from "./filters.js";
import { root } from "./root.js";

const PAUSE = 100; // ms after the last key before the service is asked
const LEAST = 2; // characters
const FEW = 5; // on the empty page, as the service shows there

const form = document.querySelector(".composer");
const field = form?.elements.q;
const few = document.querySelector(".suggested ul");
const list = document.createElement("ul");
const said = document.createElement("span");
let active = -1;
let pause = 0;
let asking = null;
let offering = 0;
if (field) begin();

function begin() {
  list.id = "suggestions";
  list.className = "options";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Suggested questions");
  said.className = "unseen";
  said.setAttribute("role", "status");
  form.append(list, said);
  for (const [name, value] of Object.entries({
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": list.id,
  })) field.setAttribute(name, value);
  field.addEventListener("input", () => {
    clearTimeout(pause);
    close();
    if (field.value.trim().length >= LEAST) pause = setTimeout(look, PAUSE);
  });
  field.addEventListener("keydown", pressed);
  field.addEventListener("blur", close);
  form.addEventListener("submit", close, { capture: true });
  if (few) form.addEventListener("filtered", () => {
    clearTimeout(offering);
    offering = setTimeout(offer, PAUSE);
  });
  list.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) choose(option.textContent);
  });
}

function pressed(event) {
  if (event.isComposing || event.ctrlKey || event.metaKey) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    const by = event.key === "ArrowDown" ? 1 : -1;
    if (list.hidden) look().then(() => move(by));
    else move(by);
  } else if (event.key === "Enter" && active >= 0) {
    event.preventDefault();
    choose(list.children[active].textContent);
  } else if (event.key === "Escape" && !list.hidden) {
    event.preventDefault();
    event.stopPropagation(); // an open source stays
    close();
  }
}

async function look() {
  asking?.abort();
  asking = new AbortController();
  const typed = field.value.trim();
  try {
    const asked = new URLSearchParams({ q: typed.slice(0, 200), ...filters() });
    const response = await fetch(`${root}/suggest?${asked}`, { signal: asking.signal });
    if (!response.ok) return;
    const { suggestions } = await response.json();
    if (field.value.trim() === typed && document.activeElement === field) show(suggestions);
  } catch {
    // typed on, or the service is away: there is nothing to suggest
  }
}

async function offer() {
  const wanted = filters();
  const suggestions = await fetch(`${root}/suggest?${new URLSearchParams({ limit: FEW, ...wanted })}`)
    .then((response) => (response.ok ? response.json() : { suggestions: [] }))
    .then((told) => told.suggestions, () => []);
  if (JSON.stringify(wanted) !== JSON.stringify(filters())) return; // filtered on meanwhile
  few.replaceChildren(
    ...suggestions.map(({ question }) => {
      const [item, link, text] = ["li", "a", "span"].map((name) => document.createElement(name));
      link.href = `${root}/?${new URLSearchParams({ q: question, ...wanted })}`;
      Object.assign(link.dataset, { action: "ask", question });
      text.dir = "auto";
      text.textContent = question;
      link.append(text);
      item.append(link);
      return item;
    }),
  );
  few.parentElement.hidden = !suggestions.length;
}

function show(suggestions) {
  list.replaceChildren(
    ...suggestions.map(({ question }, at) => {
      const option = document.createElement("li");
      option.id = `suggestion-${at}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.dir = "auto";
      option.textContent = question;
      return option;
    }),
  );
  active = -1;
  list.hidden = !suggestions.length;
  field.setAttribute("aria-expanded", String(!list.hidden));
  const { length } = suggestions;
  said.textContent = length ? `${length} suggested ${length === 1 ? "question" : "questions"}` : "";
}

function move(by) {
  if (list.hidden) return;
  const { length } = list.children;
  list.children[active]?.setAttribute("aria-selected", "false");
  active = active < 0 ? (by > 0 ? 0 : length - 1) : (active + by + length) % length;
  const option = list.children[active];
  option.setAttribute("aria-selected", "true");
  option.scrollIntoView({ block: "nearest" });
  field.setAttribute("aria-activedescendant", option.id);
}

function close() {
  clearTimeout(pause);
  asking?.abort();
  list.hidden = true;
  active = -1;
  said.textContent = "";
  field.setAttribute("aria-expanded", "false");
  field.removeAttribute("aria-activedescendant");
}

function choose(question) {
  close();
  field.value = question;
  form.requestSubmit();
}
