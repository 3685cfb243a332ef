// Quotes kept in this browser: clipped beside an answer, listed with notes on a page of their own.

const KEY = "verbatim.clippings.1"; // the number changes when what is kept changes its form

export function clippings() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY));
    return Array.isArray(kept) ? kept : [];
  } catch {
    return []; // storage is off, or holds something else
  }
}

// Whether they could be kept.
export function keepClippings(kept) {
  try {
    localStorage.setItem(KEY, JSON.stringify(kept));
    return true;
  } catch {
    return false;
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-action=clip]");
  if (!button) return;
  const clip = JSON.parse(button.dataset.clip);
  const kept = clippings();
  const others = kept.filter((one) => one.id !== clip.id);
  const clipped = others.length < kept.length;
  const done = keepClippings(clipped ? others : [...kept, { ...clip, note: "", at: new Date().toISOString() }]);
  button.setAttribute("aria-pressed", String(done ? !clipped : clipped));
  button.textContent = done ? (clipped ? "Clip" : "Clipped") : "The browser keeps nothing";
});

// Buttons of quotes that are kept say so, in turns that come later too.
export function showClipped(root) {
  const kept = new Set(clippings().map(({ id }) => id));
  for (const button of root.querySelectorAll("[data-action=clip]")) {
    const clipped = kept.has(JSON.parse(button.dataset.clip).id);
    button.setAttribute("aria-pressed", String(clipped));
    button.textContent = clipped ? "Clipped" : "Clip";
  }
}
