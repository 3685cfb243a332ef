// The conversation in this browser's storage; the service keeps nothing.

const KEY = "verbatim.conversation.2"; // the number changes when what is kept changes its form
const TURNS = 40;

export function load() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY)) ?? [];
    return Array.isArray(kept) ? kept : [];
  } catch {
    return []; // storage is off, or holds something else
  }
}

// Where storage is full the oldest turns go; where it is off the page goes on, and only a reload forgets.
export function save(conversation) {
  for (let kept = conversation.slice(-TURNS); kept.length; kept = kept.slice(1)) {
    try {
      localStorage.setItem(KEY, JSON.stringify(kept));
      return;
    } catch {
      continue;
    }
  }
}

export function forget() {
  try {
    localStorage.removeItem(KEY);
  } catch {
    // storage is off: there is nothing to forget
  }
}
