// One article alone, chosen among all of them by a word of its title, file or source.
import { combobox } from "./combobox.js";
import { filters, only, setFilters } from "./filters.js";
import { root } from "./root.js";

const MOST = 20; // articles to choose from; more are found by another word

const form = document.querySelector(".composer");
const place = form?.querySelector(".pick");
const field = place?.querySelector("input");
let there = 0; // articles that were found, the shown ones among them
if (field) begin();

function begin() {
  const { list, said, look } = combobox(field, {
    id: "articles",
    name: "Articles",
    least: 0,
    eager: true,
    found,
    draw,
    chosen: (article) => setFilters({ ...filters(), article: article.id }, article.title),
    told: ({ length }) => (length < there ? `${length} of ${there} articles` : `${there} ${there === 1 ? "article" : "articles"}`),
  });
  place.append(list, said);
  place.hidden = false;
  field.addEventListener("click", look);
  field.addEventListener("focus", () => field.select());
  field.addEventListener("blur", follow);
  field.addEventListener("input", () => {
    if (!field.value.trim() && filters().article) setFilters({ ...filters(), article: "" });
  });
  form.addEventListener("filtered", follow);
  follow();
}

// What is chosen stands in the field; what was only typed does not stay.
function follow() {
  field.value = only();
}

async function found(typed, signal) {
  const asked = new URLSearchParams({ find: typed === only() ? "" : typed, limit: MOST });
  const response = await fetch(`${root}/articles?${asked}`, { signal });
  if (!response.ok) return null;
  const { count, articles } = await response.json();
  there = count;
  return articles;
}

function draw({ title, file, published }, item) {
  const [name, meta, where] = ["bdi", "span", "bdi"].map((tag) => document.createElement(tag));
  name.className = "title";
  name.textContent = title;
  where.textContent = [published, file].filter(Boolean).join(" · ");
  meta.className = "note file";
  meta.append(where);
  item.append(name, meta);
}
