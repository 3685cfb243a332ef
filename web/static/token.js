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

export function send(path, options = {}) {
  const headers = { ...options.headers, ...(kept() && { Authorization: `Bearer ${kept()}` }) };
  return fetch(root + path, { ...options, headers });
}

// What a problem says in its own words (RFC 9457).
export async function problem(response) {
  try {
    return (await response.json()).detail;
  } catch {
    return `The service answered with ${response.status}.`;
  }
}

// Shows the form until a token is accepted by GET /index, then `opened`, and calls unlocked().
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
      why = response.status === 401 ? "The token is wrong: it is not the one that the server was started with." : await problem(response);
    } catch {
      why = "The service did not answer. Check that it is running.";
    }
    sessionStorage.removeItem(KEY);
    refused.textContent = why;
    return false;
  }
}
