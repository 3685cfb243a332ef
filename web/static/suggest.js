// Suggested questions as somebody types. Those of the empty page follow the filters.
import { combobox } from "./combobox.js";
import { filters } from "./filters.js";
import { root } from "./root.js";

const PAUSE = 100; // ms after the last change of a filter before the service is asked
const LEAST = 2; // characters
const FEW = 5; // on the empty page, as the service shows there

const form = document.querySelector(".composer");
const field = form?.elements.q;
const few = form && document.querySelector(".suggested ul");
let offering = 0;
if (field) begin();

function begin() {
  const { list, said, close } = combobox(field, {
    id: "suggestions",
    name: "Suggested questions",
    least: LEAST,
    found: suggested,
    draw(question, item) {
      item.dir = "auto";
      item.textContent = question;
    },
    chosen(question) {
      field.value = question;
      form.requestSubmit();
    },
    told: ({ length }) => (length ? `${length} suggested ${length === 1 ? "question" : "questions"}` : ""),
  });
  form.append(list, said);
  form.addEventListener("submit", close, { capture: true });
  if (few) form.addEventListener("filtered", () => {
    clearTimeout(offering);
    offering = setTimeout(offer, PAUSE);
  });
}

async function suggested(typed, signal) {
  const asked = new URLSearchParams({ q: typed.slice(0, 200), ...filters() });
  const response = await fetch(`${root}/suggest?${asked}`, { signal });
  return response.ok ? (await response.json()).suggestions.map(({ question }) => question) : null;
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
