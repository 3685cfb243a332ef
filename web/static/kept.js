// Conversations in this browser's storage; the service keeps nothing. Each has two entries of its own, its turns and
// what the list shows of it: tabs that keep something at once never write over each other.
import { root } from "./root.js";

const TURNS_OF = `verbatim.conversation.4:${root}:`; // the numbers change when what is kept changes its form
const LISTED = `verbatim.listed.2:${root}:`;
const TURNS = 60; // of a conversation

// Every conversation, the one last asked in first: {id, question, name, at, words, state}. name: that was given to it;
// state: told apart from every other that it was kept in.
export function list() {
  const ids = keys().filter((key) => key.startsWith(LISTED)).map((key) => key.slice(LISTED.length));
  return ids.map(entry).filter(Boolean).sort((a, b) => b.at - a.at);
}

// One of them; null where it is not kept.
export function entry(id) {
  const kept = read(LISTED + id);
  return typeof kept?.at === "number" ? { ...kept, id } : null;
}

// What names a conversation.
export function nameOf({ name, question }) {
  return name || question;
}

// The turns of one, {link, html} each; none where it is not kept.
export function load(id) {
  const kept = read(TURNS_OF + id);
  return Array.isArray(kept) ? kept : [];
}

// Keeps one, and gives its entry. known: the state in which its tab knows it; where another tab has kept more of it
// since, this becomes a conversation of its own. words: what it is found by. Where storage is full the oldest
// conversations go, then this one's oldest turns; where it is off the page goes on, and only a reload forgets.
export function save(id, known, question, words, turns) {
  const before = id && entry(id);
  const own = id && (!before || before.state === known) ? id : newId();
  const name = own === id ? before?.name : "";
  const told = { id: own, question, name, words, at: Date.now(), state: newId() };
  const others = list().filter((one) => one.id !== own);
  for (let kept = turns.slice(-TURNS); kept.length; ) {
    if (write(TURNS_OF + own, kept) && write(LISTED + own, told)) break;
    if (others.length) drop(others.pop().id);
    else kept = kept.slice(1);
  }
  return told;
}

export function rename(id, name) {
  const kept = entry(id);
  if (kept) write(LISTED + id, { ...kept, name });
}

// Forgets one; what `restore` needs to bring it back.
export function remove(id) {
  const gone = { told: entry(id), turns: load(id) };
  drop(id);
  return gone;
}

// Not where another tab has kept it again since, with more.
export function restore({ told, turns }) {
  if (!told || entry(told.id)) return;
  write(TURNS_OF + told.id, turns);
  write(LISTED + told.id, told);
}

// Calls when another tab has kept or forgotten one.
export function onChange(call) {
  window.addEventListener("storage", ({ key }) => (key === null || key.startsWith(LISTED)) && call());
}

export function newId() {
  return `${Date.now().toString(36)}${Math.random().toString(36).slice(2, 8)}`;
}

function keys() {
  try {
    return Object.keys(localStorage);
  } catch {
    return []; // storage is off
  }
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
    localStorage.removeItem(TURNS_OF + id);
    localStorage.removeItem(LISTED + id);
  } catch {
    // storage is off: there is nothing to forget
  }
}
