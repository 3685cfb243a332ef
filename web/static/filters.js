// The filters of the question box: fields in a fold, and a chip for each that is set, which removes it.

const NAMES = ["published_after", "published_before", "source", "folder", "article"];
const form = document.querySelector(".composer");

export function filters() {
  const set = fields().map(({ name, type, checked, value }) => [name, type === "checkbox" && !checked ? "" : value.trim()]);
  return Object.fromEntries(set.filter(([, value]) => value));
}

// labels: how the service calls them, where it has said so.
export function setFilters(values, labels = {}) {
  for (const field of fields()) {
    field.value = values[field.name] ?? "";
    if (field.type === "checkbox") field.checked = Boolean(field.value);
  }
  if (labels.article) form.querySelector(".only span").textContent = labels.article;
  show();
}

function fields() {
  return NAMES.map((name) => form.elements[name]).filter(Boolean); // no folders, no field for them
}

if (form) {
  form.addEventListener("input", (event) => {
    if (NAMES.includes(event.target.name)) show();
  });
  form.addEventListener("invalid", () => (form.querySelector(".filters").open = true), true); // else it cannot be seen
  show();
}

function show() {
  const { published_after: first, published_before: last } = form.elements;
  first.max = last.value;
  last.min = first.value;
  const list = form.querySelector(".chips");
  list.replaceChildren(...Object.entries(filters()).map(([name, value]) => chip(name, value)));
  list.hidden = !list.childElementCount;
  form.querySelector(".only").hidden = !filters().article;
  form.dispatchEvent(new Event("filtered"));
}

function chip(name, value) {
  const item = document.querySelector("#chip").content.cloneNode(true);
  item.querySelector("bdi").textContent = label(name, value);
  item.querySelector("button").addEventListener("click", () => {
    setFilters({ ...filters(), [name]: "" });
    form.elements.q.focus();
  });
  return item;
}

function label(name, value) {
  if (name === "source") return value;
  if (name === "folder") return `in ${value}`;
  if (name === "article") return form.querySelector(".only span").textContent;
  const [year, month, day] = value.split("-").map(Number);
  const written = new Date(Date.UTC(year, month - 1, day)).toLocaleDateString("en-GB", { dateStyle: "long", timeZone: "UTC" });
  return `${name === "published_after" ? "from" : "until"} ${written}`;
}
