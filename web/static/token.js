// The token that lets its holder change the index: asked for once, kept in this tab alone, sent with each request.
import { root } from "./root.js";

const KEY = "verbatim.token";

export function kept() {
  return sessionStorage.getItem(KEY) ?? "";
}

export function keep(token) {
  if (token) sessionStorage.setItem(KEY, token);
  else sessionStorage.removeItem(KEY);
}

export async function send(path, options = {}) {
  const token = kept().replace(/[^ -~]/g, "?"); // a header holds nothing else, nor does any token
  const headers = { ...options.headers, ...(token && { Authorization: `Bearer ${token}` }) };
  const response = await fetch(root + path, { ...options, headers });
  if (response.status === 401) document.dispatchEvent(new Event("locked"));
  return response;
}

// What a problem says in its own words (RFC 9457); of a token, what to do on the page.
export async function problem(response) {
  if (response.status === 401) {
    const why = kept() ? "The token is wrong: it is not one that the server knows" : "A token is needed";
    return `${why}. Enter one that it knows; where the server runs, “qa token make NAME” makes one.`;
  }
  try {
    return (await response.json()).detail;
  } catch {
    return `The service answered with ${response.status}.`;
  }
}

// Shows the form until a token is accepted by GET /index, then `opened`, and calls unlocked(); again when one is refused.
export function unlock(section, unlocked) {
  const form = section.querySelector(".unlock");
  const opened = section.querySelector(".unlocked");
  const refused = form.querySelector(".refused");
  section.hidden = false;
  section.addEventListener("click", (event) => {
    if (!event.target.closest("[data-action=forget]")) return;
    sessionStorage.removeItem(KEY);
    location.reload();
  });
  document.addEventListener("locked", () => (form.hidden = false)); // a token may be taken back at any time
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    sessionStorage.setItem(KEY, form.elements.token.value);
    refused.textContent = "";
    if (await check()) opened.querySelector("button, input, a")?.focus({ preventScroll: true });
    else form.elements.token.select();
  });
  if (sessionStorage.getItem(KEY)) check();

  async function check() {
    let why;
    try {
      const response = await send("/index");
      if (response.ok) {
        form.hidden = true;
        opened.hidden = false;
        unlocked(await response.json());
        return true;
      }
      why = await problem(response);
    } catch {
      why = "The service did not answer. Check that it is running.";
    }
    sessionStorage.removeItem(KEY);
    refused.textContent = why;
    return false;
  }
}
