// A source opens beside the answer (below its citation on a narrow screen), at the quote. From there the other quotes
// of the same answer are stepped through, in other articles too; Escape closes it.
import { clone, parse } from "./turn.js";

let panel = null; // {element, opener, places, at}: which of the answer's places is shown

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-action=open]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  const places = placesOf(link);
  open(link, places, places.findIndex((place) => place.key === key(link, link.hash)));
});

document.addEventListener("keydown", (event) => {
  if (!panel || event.target.closest("input, textarea, select")) return;
  if (event.key === "Escape") close();
  const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (by && panel.places.length > 1) {
    event.preventDefault();
    step(by);
  }
});

// Every quote that the answer's citations mark, article by article, in the order of the citations.
function placesOf(link) {
  const links = link.matches(".source") ? link.closest(".turn").querySelectorAll(".source") : [link];
  const places = new Map();
  for (const one of links) {
    for (const mark of new URL(one.href).searchParams.getAll("mark")) {
      const hash = `#at-${mark.split("-")[0]}`;
      const place = { key: key(one, hash), link: one, hash };
      if (!places.has(place.key) || one.hash === hash) places.set(place.key, place);
    }
  }
  return [...places.values()];
}

function key(link, hash) {
  return link.pathname + hash;
}

async function open(opener, places, at, address = places[at].link.href) {
  const { link, hash } = places[at];
  let article;
  try {
    article = parse(await (await fetch(address)).text()).querySelector("#source-text");
  } catch {
    article = null;
  }
  if (!article) {
    location.assign(link.href); // the page itself says what is wrong
    return;
  }
  const title = document.createElement("h2"); // the page has its own first heading
  const heading = article.querySelector("h1");
  title.replaceChildren(...heading.childNodes);
  title.id = heading.id;
  title.dir = "auto";
  heading.replaceWith(title);
  panel?.element.remove();
  const element = clone("#panel");
  element.querySelector(".what bdi").textContent = title.textContent;
  element.querySelector(".when").textContent = article.querySelector("header time")?.textContent ?? "";
  element.append(document.adoptNode(article));
  element.addEventListener("click", act);
  link.closest("li").append(element);
  panel = { element, opener, places, at };
  if (getComputedStyle(element).position !== "fixed") element.scrollIntoView({ block: "start", behavior: "instant" });
  show(hash, "instant");
  element.focus({ preventScroll: true });
}

function close() {
  const { element, opener } = panel;
  element.remove();
  panel = null;
  opener.focus({ preventScroll: true });
}

function act(event) {
  if (event.target.dataset.panel === "as") return other(event);
  const does = { close, earlier: () => step(-1), later: () => step(1) }[event.target.dataset.panel];
  does?.();
}

// The same source as text, or as it is, in the same place.
function other(event) {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const { opener, places, at } = panel;
  open(opener, places, at, event.target.href);
}

async function step(by) {
  const { element, opener, places, at } = panel;
  const next = (at + by + places.length) % places.length;
  if (places[next].link.pathname === places[at].link.pathname) {
    panel.at = next;
    show(places[next].hash, "smooth");
    return;
  }
  const pressed = element.contains(document.activeElement) && document.activeElement.dataset.panel;
  await open(opener, places, next);
  if (pressed) panel.element.querySelector(`[data-panel=${pressed}]`).focus({ preventScroll: true });
}

function show(hash, behavior) {
  const { element, places, at } = panel;
  const marks = [...element.querySelectorAll("[id^='at-']")];
  const mark = marks.find(({ id }) => `#${id}` === hash) ?? marks[0];
  element.querySelector("[data-panel=page]").href = places[at].link.href.replace(/#.*/, hash);
  element.querySelector(".place").textContent = places.length > 1 ? `Quote ${at + 1} of ${places.length}` : "";
  for (const button of element.querySelectorAll(".step")) button.hidden = places.length < 2;
  if (!mark) return;
  for (const other of marks) other.classList.toggle("here", other === mark);
  for (const part of element.querySelectorAll("[data-at]")) part.classList.toggle("here", part.dataset.at === mark.id);
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const top = mark.getBoundingClientRect().top - element.getBoundingClientRect().top + element.scrollTop;
  if (!mark.getBoundingClientRect().height) return; // not found on the picture of its page
  element.scrollTo({ top: top - element.clientHeight / 3, behavior: calm ? "instant" : behavior });
}
