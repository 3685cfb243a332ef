// A source opens beside the answer (below its citation on a narrow screen), at the quote; Escape closes it.
import { parse } from "./turn.js";

let panel = null;
let opener = null;

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-action=open]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  open(link);
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && panel) close();
});

async function open(link) {
  let article;
  try {
    const response = await fetch(link.href);
    article = parse(await response.text()).querySelector("#source-text");
  } catch {
    article = null;
  }
  if (!article) {
    location.assign(link.href); // the page itself says what is wrong
    return;
  }
  close();
  opener = link;
  panel = document.createElement("section");
  panel.className = "panel";
  panel.tabIndex = -1;
  panel.setAttribute("aria-label", "Source");
  const title = document.createElement("h2"); // the page has its own first heading
  const heading = article.querySelector("h1");
  title.replaceChildren(...heading.childNodes);
  title.id = heading.id;
  title.dir = "auto";
  heading.replaceWith(title);
  const several = article.querySelectorAll(".raw mark").length > 1;
  panel.append(bar(link, several), document.adoptNode(article));
  link.closest("li").append(panel);
  if (getComputedStyle(panel).position !== "fixed") panel.scrollIntoView({ block: "start", behavior: "instant" });
  show(marks().find((mark) => `#${mark.id}` === link.hash) ?? marks()[0], "instant");
  panel.focus({ preventScroll: true });
}

export function close() {
  if (!panel) return;
  panel.remove();
  panel = null;
  opener?.focus({ preventScroll: true });
}

function bar(link, several) {
  const bar = document.createElement("div");
  bar.className = "panel-bar";
  const whole = document.createElement("a");
  whole.className = "quiet";
  whole.href = link.href;
  whole.textContent = "Full page";
  bar.append(whole);
  if (several) bar.append(button("Previous", () => step(-1)), button("Next", () => step(1)));
  bar.append(button("Close", close));
  return bar;
}

function button(label, act) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet";
  button.textContent = label;
  button.addEventListener("click", act);
  return button;
}

function marks() {
  return [...panel.querySelectorAll(".raw mark")];
}

function step(by) {
  const all = marks();
  const at = all.findIndex((mark) => mark.classList.contains("here"));
  show(all[(at + by + all.length) % all.length], "smooth");
}

function show(mark, behavior) {
  if (!mark) return;
  for (const other of marks()) other.classList.toggle("here", other === mark);
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const top = mark.getBoundingClientRect().top - panel.getBoundingClientRect().top + panel.scrollTop;
  panel.scrollTo({ top: top - panel.clientHeight / 3, behavior: calm ? "instant" : behavior });
}
