// The filters of the question box: fields in a fold, and a chip for each that is set, which removes it.
import { root } from "./root.js";

const NAMES = ["published_after", "published_before", "source", "folder", "article"];
const form = document.querySelector(".composer");

export function filters() {
  const set = fields().map(({ name, type, checked, value }) => [name, type === "checkbox" && !checked ? "" : value.trim()]);
  return Object.fromEntries(set.filter(([, value]) => value));
}

// The title of the one article that is asked; "" where none is.
export function only() {
  const { article } = form.elements;
  return article.checked ? article.dataset.title : "";
}

// title: of the article among them, where it is another than before.
export function setFilters(values, title = "") {
  for (const field of fields()) {
    const value = values[field.name] ?? "";
    if (field.matches("select") && ![...field.options].some((option) => option.value === value)) field.add(new Option(value, value));
    field.value = value;
    if (field.type === "checkbox") field.checked = Boolean(value);
  }
  if (title) form.elements.article.dataset.title = title;
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
  form.querySelector(".only").hidden = true; // the article's field tells the same, and offers others
  if (document.body.matches(".empty")) keepInAddress();
  form.dispatchEvent(new Event("filtered"));
}

// Until something is asked; then the answer's address holds them.
function keepInAddress() {
  const query = new URLSearchParams(filters()).toString();
  history.replaceState(history.state, "", `${root}/${query && `?${query}`}${location.hash}`);
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
  if (name === "article") return `only “${only()}”`;
  const [year, month, day] = value.split("-").map(Number);
  const written = new Date(Date.UTC(year, month - 1, day)).toLocaleDateString("en-GB", { dateStyle: "long", timeZone: "UTC" });
  return `${name === "published_after" ? "from" : "until"} ${written}`;
}
