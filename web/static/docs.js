// On the page of the programming interface: what is tried there is sent as a program would, and shown as it comes.
import { keep, kept, send } from "./token.js";

const bearer = document.querySelector("#bearer");
if (bearer) begin();

function begin() {
  for (const part of document.querySelectorAll("form[data-scripted]")) part.hidden = false;
  bearer.value = kept();
  bearer.addEventListener("change", () => keep(bearer.value.trim()));
  document.addEventListener("submit", (event) => {
    event.preventDefault();
    if (event.target.matches(".try")) attempt(event.target);
  });
  document.querySelector(`details[id="${CSS.escape(location.hash.slice(1))}"]`)?.setAttribute("open", "");
}

async function attempt(form) {
  const told = form.querySelector(".told");
  const given = form.querySelector(".given");
  const began = performance.now();
  told.textContent = "Sending…";
  try {
    const response = await send(address(form), { method: form.dataset.method, ...body(form) });
    const text = await response.text();
    told.textContent = `${response.status} ${response.headers.get("Content-Type") ?? ""}, ${Math.round(performance.now() - began)} ms`;
    given.textContent = pretty(text);
    given.hidden = false;
  } catch {
    told.textContent = "The service did not answer. Check that it is running.";
  }
}

function address(form) {
  let path = form.dataset.path;
  const query = new URLSearchParams();
  for (const field of form.querySelectorAll("[data-in]")) {
    if (field.dataset.in === "path") path = path.replace(`{${field.name}}`, encodeURIComponent(field.value));
    else if (field.value !== "") query.set(field.name, field.value);
  }
  return query.size ? `${path}?${query}` : path;
}

function body({ elements }) {
  if (elements.body) return { body: elements.body.value, headers: { "Content-Type": "application/json" } };
  if (!elements.file) return {};
  const data = new FormData();
  for (const file of elements.file.files) data.append("file", file);
  return { body: data };
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text; // events, figures, lines
  }
}
