// Turns are asked without a reload, kept in this browser, and sent along as history; the service keeps nothing.
import { dataOf, enliven, parse } from "./turn.js";

const KEY = "verbatim.conversation.1"; // the number changes when what is kept changes its form
const KEPT = 40; // turns; the browser's storage holds about 200
const SENT = 6; // turns of history: what "he" or "there" means is never further back

const form = document.querySelector(".composer");
const turns = document.querySelector("#turns");
let conversation = load();
if (form && turns) begin();

function begin() {
  const shown = turns.querySelector(".turn");
  const again = shown && conversation.at(-1)?.link === shown.dataset.link; // a reload of the last answer
  if (again || (conversation.length && !turns.childElementCount)) {
    turns.replaceChildren(...conversation.map(({ html }) => document.adoptNode(parse(html).querySelector(".turn"))));
  } else if (shown) {
    conversation = [keep(shown)]; // not saved: to look at a link must not cost the conversation that is kept
  }
  enliven(turns);
  refresh();
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const field = form.elements.q;
    const question = field.value.trim();
    if (!question || form.hasAttribute("aria-busy")) return;
    ask(question);
    field.value = "";
  });
  document.addEventListener("click", (event) => {
    const action = event.target.closest("[data-action]");
    if (action?.dataset.action === "new") startAnew();
    if (action?.dataset.action === "markdown") exportMarkdown();
    if (action?.dataset.action === "json") exportJSON();
    if (action?.dataset.action === "edit") {
      event.preventDefault();
      form.elements.q.value = action.dataset.question;
      form.elements.q.focus();
    }
  });
}

async function ask(question) {
  const history = conversation
    .slice(-SENT)
    .map(({ data }) => ({ question: data.answer.understood, answer: data.answer.answer }));
  for (const problem of turns.querySelectorAll(":scope > .failed")) problem.remove();
  document.querySelector("main > .problem")?.remove();
  const waiting = placeholder(question);
  turns.append(waiting);
  document.body.className = "asked";
  form.setAttribute("aria-busy", "true");
  waiting.scrollIntoView({ block: "start" });
  let result;
  try {
    const response = await fetch("/turn", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ question, history }),
    });
    const part = parse(await response.text());
    result = part.querySelector(".turn") ?? failed(question, part.querySelector(".problem"));
  } catch {
    result = failed(question, null);
  }
  form.removeAttribute("aria-busy");
  waiting.replaceWith(enliven(document.adoptNode(result)));
  if (result.matches(".turn")) {
    conversation.push(keep(result));
    save(conversation);
    window.history.replaceState(null, "", result.dataset.link);
  } else {
    form.elements.q.value = question;
  }
  result.scrollIntoView({ block: "start" });
  refresh();
}

function placeholder(question) {
  const turn = document.createElement("article");
  turn.className = "turn waiting";
  const words = document.createElement("p");
  words.className = "dots";
  words.textContent = "Reading the articles…";
  turn.append(heading(question), words);
  return turn;
}

function failed(question, problem) {
  const section = document.createElement("article");
  section.className = "failed";
  section.append(heading(question));
  if (problem) {
    section.append(document.adoptNode(problem));
  } else {
    const words = document.createElement("p");
    words.className = "problem";
    words.setAttribute("role", "alert");
    words.textContent = "The service did not answer. Check that it is running, then ask again.";
    section.append(words);
  }
  return section;
}

function heading(question) {
  const heading = document.createElement("h2");
  heading.className = "question";
  heading.dir = "auto";
  heading.textContent = question;
  return heading;
}

function keep(turn) {
  return { link: turn.dataset.link, data: dataOf(turn), html: turn.outerHTML };
}

function load() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY)) ?? [];
    return Array.isArray(kept) ? kept : [];
  } catch {
    return []; // storage is off, or holds something else
  }
}

function save(kept) {
  try {
    localStorage.setItem(KEY, JSON.stringify(kept.slice(-KEPT)));
  } catch {
    // storage is full or off: the page goes on, only a reload forgets
  }
}

function refresh() {
  const any = turns.querySelector(".turn") !== null;
  document.querySelector(".tools").hidden = !any;
  if (!any) return;
  document.body.className = "asked";
  form.elements.q.placeholder = "Ask another question";
}

function startAnew() {
  localStorage.removeItem(KEY);
  location.assign("/");
}

function exportMarkdown() {
  download("conversation.md", "text/markdown", `# Conversation\n\n${conversation.map(({ data }) => data.markdown).join("\n")}`);
}

function exportJSON() {
  download("conversation.json", "application/json", JSON.stringify(conversation.map(({ data }) => data.answer), null, 2));
}

function download(name, type, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
