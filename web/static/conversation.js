// Turns are asked without a reload, told step by step, kept in this browser, and sent along as history. Each is an entry
// of the browser's history; what is asked while another answer is on its way waits for its turn.
import { showEarlier } from "./earlier.js";
import { exportJSON, exportMarkdown } from "./export.js";
import { filters, setFilters } from "./filters.js";
import { entry, load, newId, save } from "./kept.js";
import { root } from "./root.js";
import { events } from "./stream.js";
import { clone, dataOf, enliven, parse, summary } from "./turn.js";

const SENT = 6; // turns of history: what "he" or "there" means is never further back

const form = document.querySelector(".composer");
const turns = document.querySelector("#turns");
const status = document.querySelector("#status");
let id = null; // of the conversation that is shown
let known = null; // the state in which it was kept last, or read
let conversation = []; // its turns, {link, data, html} each
let line = Promise.resolve(); // of questions: each is asked when those before it have ended
if (form && turns) begin();

function begin() {
  window.history.scrollRestoration = "manual";
  const shown = turns.querySelector(".turn");
  if (!reopen(window.history.state) && shown) {
    id = newId();
    conversation = [keep(shown)]; // kept when something more is asked: to look at a link must not fill the list
    window.history.replaceState({ conversation: id, at: 0 }, "");
  }
  enliven(turns);
  refresh();
  document.addEventListener("submit", submit);
  document.addEventListener("click", act);
  window.addEventListener("popstate", ({ state }) => go(state));
  showEarlier({
    opened(chosen) {
      const last = load(chosen).at(-1);
      if (!last) return;
      window.history.pushState({ conversation: chosen, at: load(chosen).length - 1 }, "", last.link);
      go(window.history.state);
    },
    deleted(gone) {
      if (gone !== id) return;
      window.history.pushState(null, "", `${root}/`); // without a reload: it can still be brought back
      go(null);
    },
  });
}

function submit(event) {
  const turn = event.target.matches("[data-action=correct]") && event.target.closest(".turn");
  if (event.target !== form && !turn) return;
  event.preventDefault();
  ask(event.target.elements.q.value.trim(), turn ? dataOf(turn).filters : filters(), turn);
}

function act(event) {
  const element = event.target.closest("[data-action]");
  if (!element || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const does = {
    ask: () => askAnew(element),
    stop: () => stop(element.closest(".waiting")),
    new: startAnew,
    markdown: () => exportMarkdown(conversation),
    json: () => exportJSON(conversation),
  }[element.dataset.action];
  if (!does) return;
  event.preventDefault();
  does();
}

// Asks an element's data-question. In a turn it takes that turn's place, less the filter that data-without names.
function askAnew(element) {
  const turn = element.closest(".turn");
  const { question, without } = element.dataset;
  const kept = Object.entries(turn ? dataOf(turn).filters : filters()).filter(([name]) => name !== without);
  const wanted = without === "all" ? {} : Object.fromEntries(kept);
  setFilters(wanted, turn ? dataOf(turn).only : "");
  ask(question, wanted, turn);
}

// Adds a turn, or puts it in the place of `before`: what is asked there was understood already and stands alone.
function ask(question, wanted, before = null) {
  if (!question) return;
  const waiting = wait(question, before);
  waiting.stopping = new AbortController();
  waiting.takenBack = before;
  line = line.then(() => take(waiting, question, wanted, before));
}

async function take(waiting, question, wanted, before) {
  if (!waiting.isConnected) return; // stopped, or another conversation is shown
  const place = before ? [...turns.children].filter((one) => one.matches(".turn")).indexOf(waiting) : conversation.length;
  const earlier = before ? [] : conversation.slice(-SENT);
  const history = earlier.map(({ data }) => ({ question: data.answer.understood, answer: data.answer.answer }));
  waiting.classList.add("taken");
  const result = await answered({ question, history, ...wanted }, waiting);
  if (!waiting.isConnected) return;
  if (result.matches(".turn")) {
    waiting.replaceWith(enliven(result));
    settle(result, place);
  } else {
    result.querySelector(".question").textContent = question;
    result.querySelector("[data-action=ask]").dataset.question = question;
    waiting.replaceWith(...(before ? [before, result] : [result]));
    form.elements.q.value ||= question;
    status.textContent = "";
  }
  if (!turns.querySelector(".waiting")) result.scrollIntoView({ block: "start" });
  refresh();
}

// Keeps a turn that was answered, and makes it an entry of the browser's history.
function settle(turn, place) {
  const added = place === conversation.length;
  conversation[place] = keep(turn);
  const asked = conversation.map(({ data }) => `${data.answer.understood} ${data.answer.answer ?? ""}`);
  const bare = conversation.map(({ link, html }) => ({ link, html }));
  ({ id, state: known } = save(id, known, conversation[0].data.answer.question, asked.join(" "), bare));
  const visited = [{ conversation: id, at: place }, "", turn.dataset.link];
  if (added) window.history.pushState(...visited);
  else if (place === conversation.length - 1) window.history.replaceState(...visited);
  status.textContent = summary(turn);
}

// Takes a question back: what runs is broken off, what waits is never asked.
function stop(waiting) {
  waiting.stopping.abort();
  form.elements.q.value ||= waiting.querySelector(".question").textContent;
  waiting.replaceWith(...(waiting.takenBack ? [waiting.takenBack] : []));
  status.textContent = "Stopped.";
  if (!turns.childElementCount) empty();
  refresh();
  form.elements.q.focus();
}

// Shows at once that the question was taken.
function wait(question, before) {
  for (const failed of document.querySelectorAll("#turns > :not(.turn), main > .problem")) failed.remove();
  const waiting = clone("#waiting");
  waiting.querySelector(".question").textContent = question;
  if (before) before.replaceWith(waiting);
  else turns.append(waiting);
  document.body.className = "asked";
  form.elements.q.value = "";
  waiting.scrollIntoView({ block: "start" });
  return waiting;
}

// The turn that the service answers with, or what went wrong in its place; meanwhile `waiting` shows the steps.
async function answered(asked, waiting) {
  try {
    for await (const { name, data } of events(`${root}/ask/stream?html=true`, asked, waiting.stopping.signal)) {
      if (name === "step") reach(waiting, data.step);
      else if (name === "answer") return document.adoptNode(parse(data.html).querySelector(".turn"));
      else if (name === "problem") return failed(parse(data.html).querySelector(".problem"));
      else return refused(data);
    }
  } catch {
    // it was stopped, the service is gone, or what answered is not the service
  }
  return clone("#failed");
}

function reach(waiting, step) {
  const item = waiting.querySelector(`[data-step=${step}]`);
  if (!item) return;
  waiting.querySelector("[aria-current]")?.removeAttribute("aria-current");
  item.setAttribute("aria-current", "step");
  status.textContent = `${item.textContent}…`;
}

function failed(problem) {
  const section = clone("#failed");
  section.querySelector(".problem").replaceWith(document.adoptNode(problem));
  return section;
}

function refused({ title, detail }) {
  const section = clone("#failed");
  section.querySelector(".problem h2").textContent = title;
  section.querySelector(".problem p").textContent = detail;
  return section;
}

function keep(turn) {
  return { link: turn.dataset.link, data: dataOf(turn), html: turn.outerHTML };
}

// Shows the conversation that an entry of the browser's history names; whether it is kept.
function reopen(state) {
  const kept = state?.conversation ? load(state.conversation) : [];
  if (!kept.length) return false;
  id = state.conversation;
  known = entry(id)?.state;
  const elements = kept.map(({ html }) => document.adoptNode(parse(html).querySelector(".turn")));
  conversation = elements.map((element, at) => ({ ...kept[at], data: dataOf(element) }));
  turns.replaceChildren(...elements.map(enliven));
  const { filters: wanted, only } = conversation.at(-1).data;
  setFilters(wanted, only);
  elements[Math.min(state.at, elements.length - 1)].scrollIntoView({ block: "start", behavior: "instant" });
  return true;
}

// The browser went back or forth.
function go(state) {
  if (!state && location.hash) return; // within the page
  for (const waiting of turns.querySelectorAll(".waiting")) waiting.stopping.abort();
  if (!reopen(state)) {
    if (new URLSearchParams(location.search).has("q")) return location.reload();
    empty();
  }
  refresh();
}

function empty() {
  turns.replaceChildren();
  id = known = null;
  conversation = [];
  document.body.className = "empty";
  document.title = "Verbatim";
  setFilters(filters()); // they stay, and so stand in this address too
}

function refresh() {
  const last = [...turns.querySelectorAll(".turn:not(.waiting)")].at(-1);
  document.querySelector(".tools").hidden = !last;
  if (!turns.childElementCount) return;
  document.body.className = "asked";
  form.elements.q.placeholder = "Ask another question";
  if (last) document.title = `${last.querySelector(".question").textContent.slice(0, 80)} – Verbatim`;
}

function startAnew() {
  location.assign(`${root}/`);
}
