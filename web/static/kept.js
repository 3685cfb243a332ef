// Conversations in this browser's storage; the service keeps nothing. One entry lists them, each has one of its own.
import { root } from "./root.js";

const LIST = `verbatim.conversations.1${root}`; // the numbers change when what is kept changes its form
const ONE = `verbatim.conversation.3.${root}`;
const TURNS = 60; // of a conversation

// Every conversation, the one last asked in first: {id, name, at, words}.
export function list() {
  const kept = read(LIST);
  return Array.isArray(kept) ? kept : [];
}

// The turns of one, {link, html} each; none where it is not kept.
export function load(id) {
  const kept = read(ONE + id);
  return Array.isArray(kept) ? kept : [];
}

// words: what it is found by. Where storage is full the oldest conversations go, then this one's oldest turns; where it
// is off the page goes on, and only a reload forgets.
export function save(id, name, words, turns) {
  const others = list().filter((one) => one.id !== id);
  for (let kept = turns.slice(-TURNS); kept.length; ) {
    if (write(ONE + id, kept) && write(LIST, [{ id, name, at: Date.now(), words }, ...others])) return;
    if (others.length) drop(others.pop().id);
    else kept = kept.slice(1);
  }
}

// Forgets one; what `restore` needs to bring it back.
export function remove(id) {
  const every = list();
  const place = every.findIndex((one) => one.id === id);
  const [entry] = every.splice(place, 1);
  const turns = load(id);
  write(LIST, every);
  drop(id);
  return { entry, place, turns };
}

export function restore({ entry, place, turns }) {
  const every = list();
  every.splice(place, 0, entry);
  write(ONE + entry.id, turns);
  write(LIST, every);
}

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null; // storage is off, or holds something else
  }
}

function write(key, value) {
  try {
    localStorage.setItem(key, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}

function drop(id) {
  try {
    localStorage.removeItem(ONE + id);
  } catch {
    // storage is off: there is nothing to forget
  }
}
