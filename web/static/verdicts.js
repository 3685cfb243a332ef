// The page of what people said of answers, for who has the token.
import { problem, send, unlock } from "./token.js";

const SAID = { right: "right", wrong: "wrong", words: "right passage, wrong words" };
const section = document.querySelector(".verdicts");
if (section) unlock(section, () => more(0));

async function more(offset) {
  const response = await send(`/feedback?offset=${offset}`);
  const found = section.querySelector(".tally");
  if (!response.ok) {
    found.textContent = await problem(response);
    return;
  }
  const { count, feedback } = await response.json();
  found.textContent = count ? `${count} ${count === 1 ? "verdict" : "verdicts"}` : "Nobody has said anything yet.";
  section.querySelector("ol").append(...feedback.map(entry));
  const older = section.querySelector("[data-action=older]");
  const next = offset + feedback.length;
  older.hidden = next >= count || !feedback.length;
  older.onclick = () => more(next);
}

section?.querySelector("[data-action=gold]").addEventListener("click", async () => {
  const response = await send("/feedback/gold");
  if (!response.ok) {
    section.querySelector(".tally").textContent = await problem(response);
    return;
  }
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await response.blob());
  link.download = "feedback.jsonl";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
});

function entry(one) {
  const item = document.createElement("li");
  const question = line("p", "question", one.question);
  const answer = line("p", "told", one.answer === null ? "No answer" : one.guess ? `Perhaps: ${one.answer}` : one.answer);
  const meta = document.createElement("p");
  meta.className = "meta";
  meta.append(line("span", `verdict ${one.verdict}`, SAID[one.verdict]));
  meta.append(line("span", "", `${Math.min(99, Math.round(one.confidence * 100))} %`));
  if (one.citations.length) meta.append(line("span", "file", one.citations[0].file));
  meta.append(line("span", "", one.at.replace("T", " ").slice(0, 16) + " UTC"));
  item.append(question, answer);
  if (one.wording) item.append(line("p", "meant", `Better: ${one.wording}`));
  item.append(meta);
  return item;
}

function line(name, className, text) {
  const element = document.createElement(name);
  element.className = className;
  element.dir = "auto";
  element.textContent = text;
  return element;
}
