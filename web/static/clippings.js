// The page of clippings: quotes with notes, newest first; removed ones can be brought back; exported for other programs.
import { FORMATS, place } from "./cited.js";
import { clippings, keepClippings } from "./clip.js";
import { download } from "./export.js";

const section = document.querySelector(".clippings");
let gone = null; // {clip, at}: what was removed last
if (section) begin();

function begin() {
  section.hidden = false;
  section.addEventListener("input", ({ target }) => {
    const id = target.closest("li")?.dataset.id;
    if (id) keepClippings(clippings().map((one) => (one.id === id ? { ...one, note: target.value } : one)));
  });
  section.addEventListener("click", ({ target }) => {
    const { format, does } = target.closest("button")?.dataset ?? {};
    if (format) {
      const [name, type, write] = FORMATS[format];
      download(name, type, write(clippings()));
    }
    if (does === "remove") remove(target.closest("li").dataset.id);
    if (does === "undo") undo();
  });
  window.addEventListener("storage", () => document.activeElement.matches("textarea") || show()); // of another tab
  show();
}

function show() {
  const kept = clippings();
  const item = section.querySelector("template").content.firstElementChild;
  section.querySelector("ol").replaceChildren(...kept.map((clip) => filled(item.cloneNode(true), clip)).reverse());
  section.querySelector(".none").hidden = kept.length > 0;
  section.querySelector(".exports").hidden = !kept.length;
}

function filled(item, clip) {
  item.dataset.id = clip.id;
  item.querySelector("blockquote").textContent = clip.quote;
  item.querySelector("bdi").textContent = clip.title;
  item.querySelector("a").href = clip.link;
  item.querySelector(".known").textContent = [clip.published, clip.source, clip.file, place(clip)].filter(Boolean).join(" · ");
  item.querySelector("textarea").value = clip.note;
  item.querySelector("[data-does=remove]").setAttribute("aria-label", `Remove the quote from ${clip.title}`);
  return item;
}

function remove(id) {
  const kept = clippings();
  const at = kept.findIndex((one) => one.id === id);
  gone = { clip: kept[at], at };
  keepClippings(kept.filter((one) => one.id !== id));
  show();
  section.querySelector(".undo").hidden = false;
  section.querySelector("[data-does=undo]").focus();
}

function undo() {
  const kept = clippings();
  if (!kept.some(({ id }) => id === gone.clip.id)) keepClippings(kept.toSpliced(gone.at, 0, gone.clip));
  section.querySelector(".undo").hidden = true;
  show();
  section.querySelector(`li[data-id="${CSS.escape(gone.clip.id)}"] textarea`).focus();
}
