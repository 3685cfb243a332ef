// Turns are asked without a reload, told step by step, kept in this browser, and sent along as history.
import { exportJSON, exportMarkdown } from "./export.js";
import { filters, setFilters } from "./filters.js";
import { forget, load, save } from "./kept.js";
import { events } from "./stream.js";
import { clone, dataOf, enliven, parse, summary } from "./turn.js";

const SENT = 6; // turns of history: what "he" or "there" means is never further back

const form = document.querySelector(".composer");
const turns = document.querySelector("#turns");
const status = document.querySelector("#status");
let conversation = load();
if (form && turns) begin();

function begin() {
  const shown = turns.querySelector(".turn");
  const again = shown && conversation.at(-1)?.link === shown.dataset.link; // a reload of the last answer
  if (again || (conversation.length && !turns.childElementCount)) {
    turns.replaceChildren(...conversation.map(({ html }) => document.adoptNode(parse(html).querySelector(".turn"))));
    setFilters(conversation.at(-1).data.filters);
  } else if (shown) {
    conversation = [keep(shown)]; // not saved: to look at a link must not cost the conversation that is kept
  }
  enliven(turns);
  refresh();
  document.addEventListener("submit", submit);
  document.addEventListener("click", act);
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
  setFilters(wanted);
  ask(question, wanted, turn);
}

// Adds a turn, or puts it in the place of `before`: what is asked there was understood already and stands alone.
async function ask(question, wanted, before = null) {
  if (!question || form.hasAttribute("aria-busy")) return;
  const place = before ? [...turns.querySelectorAll(".turn")].indexOf(before) : conversation.length;
  const earlier = before ? [] : conversation.slice(-SENT);
  const history = earlier.map(({ data }) => ({ question: data.answer.understood, answer: data.answer.answer }));
  const waiting = wait(question, before);
  form.setAttribute("aria-busy", "true");
  const result = await answered({ question, history, ...wanted }, waiting);
  form.removeAttribute("aria-busy");
  if (result.matches(".turn")) {
    waiting.replaceWith(enliven(result));
    conversation[place] = keep(result);
    save(conversation);
    if (result === turns.lastElementChild) window.history.replaceState(null, "", result.dataset.link);
    status.textContent = summary(result);
  } else {
    result.querySelector(".question").textContent = question;
    result.querySelector("[data-action=ask]").dataset.question = question;
    waiting.replaceWith(...(before ? [before, result] : [result]));
    form.elements.q.value = question;
    status.textContent = "";
  }
  result.scrollIntoView({ block: "start" });
  refresh();
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
    for await (const { name, data } of events("/ask/stream?html=true", asked)) {
      if (name === "step") reach(waiting, data.step);
      else if (name === "answer") return document.adoptNode(parse(data.html).querySelector(".turn"));
      else if (name === "problem") return failed(parse(data.html).querySelector(".problem"));
      else return refused(data);
    }
  } catch {
    // the service is gone, or what answered is not the service
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

function refresh() {
  const any = turns.querySelector(".turn") !== null;
  document.querySelector(".tools").hidden = !any;
  if (!any) return;
  document.body.className = "asked";
  form.elements.q.placeholder = "Ask another question";
}

function startAnew() {
  forget();
  location.assign("/");
}
