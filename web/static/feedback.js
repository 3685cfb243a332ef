// "Was this right?" under each answer.
import { root } from "./root.js";
import { dataOf } from "./turn.js";

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-verdict]");
  if (!button) return;
  const group = button.closest(".feedback");
  const wording = group.querySelector(".wording");
  if (button.dataset.verdict === "words") {
    wording.hidden = !wording.hidden;
    button.setAttribute("aria-expanded", String(!wording.hidden));
    if (!wording.hidden) wording.elements.wording.focus();
    return;
  }
  close(group);
  give(group, button.dataset.verdict, null);
});

document.addEventListener("submit", (event) => {
  if (!event.target.matches(".feedback .wording")) return;
  event.preventDefault();
  const group = event.target.closest(".feedback");
  const words = event.target.elements.wording.value.trim();
  close(group);
  group.querySelector("[data-verdict=words]").focus();
  give(group, "words", words || null);
});

function close(group) {
  const wording = group.querySelector(".wording");
  if (!wording) return;
  wording.hidden = true;
  group.querySelector("[data-verdict=words]").setAttribute("aria-expanded", "false");
}

async function give(group, verdict, wording) {
  const { answer } = dataOf(group.closest(".turn"));
  const said = answer.guess ?? answer; // a guess is judged as what it is, with its own words and places
  const thanks = group.querySelector(".thanks");
  const given = {
    verdict,
    wording,
    question: answer.understood,
    answer: said.answer,
    guess: said === answer.guess,
    confidence: said.confidence,
    index_version: answer.index_version,
    citations: said.citations.slice(0, 50).map(({ file, start, end }) => ({ file, start, end })),
  };
  let kept = false;
  thanks.textContent = "";
  try {
    const response = await fetch(`${root}/feedback`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(given),
    });
    kept = response.ok;
    thanks.textContent = kept ? "Thank you, noted." : (await response.json()).detail;
  } catch {
    thanks.textContent = "The service did not answer. Try again.";
  }
  if (!kept) return;
  for (const other of group.querySelectorAll("[data-verdict]")) {
    other.setAttribute("aria-pressed", String(other.dataset.verdict === verdict));
  }
}
