// "Copy with citation": the text was made by the server and stands in the turn's data.
import { dataOf } from "./turn.js";

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-action=copy]");
  if (!button) return;
  const label = button.textContent;
  try {
    await navigator.clipboard.writeText(dataOf(button.closest(".turn")).copy);
    button.textContent = "Copied";
  } catch {
    button.textContent = "The browser did not allow it";
  }
  setTimeout(() => (button.textContent = label), 2000);
});
