// On the page of articles, for who has the token: send files, build with progress, cancel, remove.
import { refresh, shownVersion } from "./fresh.js";
import { problem, send, unlock } from "./token.js";

const POLL = 400; // ms between two looks at a build
const BATCH_FILES = 50; // in one request; the service takes 100 files and 128 MiB
const BATCH_BYTES = 32 * 2 ** 20;
const BUSY = ["waiting", "running", "cancelling"];
const STATES = {
  waiting: "Another process is building; this build begins after it.",
  cancelling: "Stopping…",
  cancelled: "The build was cancelled. The index is as it was before.",
};
const PHASES = {
  open: "Opening the index before",
  read: "Reading files",
  split: "Cutting passages",
  encode: "Encoding passages",
  lexical: "Indexing words",
  articles: "Storing articles",
  vectors: "Adding vectors",
  check: "Checking the index",
  publish: "Publishing",
};

const section = document.querySelector("details.manage");
let before = ""; // version of the index when something was last sent or asked for
if (section) begin();

function begin() {
  before = shownVersion();
  const drop = section.querySelector(".drop");
  const input = section.querySelector("input[type=file]");
  unlock(section, (job) => {
    section.open = true;
    section.dataset.unlocked = "";
    offerRemoval();
    document.addEventListener("refreshed", offerRemoval);
    if (BUSY.includes(job.state)) follow();
  });
  section.addEventListener("click", async (event) => {
    const action = event.target.closest("[data-action]")?.dataset.action;
    if (action === "rebuild") before = shownVersion();
    if (action === "rebuild") await begun(await send("/index", { method: "POST" }));
    if (action === "cancel") await begun(await send("/index", { method: "DELETE" }));
  });
  input.addEventListener("change", async () => {
    await upload([...input.files]);
    input.value = "";
  });
  for (const kind of ["dragenter", "dragover"]) {
    drop.addEventListener(kind, (event) => {
      event.preventDefault();
      drop.classList.add("over");
    });
  }
  drop.addEventListener("dragleave", () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    upload([...event.dataTransfer.files]);
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-action=remove]");
    if (button) remove(button);
  });
}

async function upload(files) {
  section.querySelector(".sent").replaceChildren();
  before = shownVersion();
  files = files.filter(isSmallEnough);
  for (let batch = []; files.length; batch = []) {
    let bytes = 0;
    while (files.length && batch.length < BATCH_FILES && (!batch.length || bytes + files[0].size <= BATCH_BYTES)) {
      bytes += files[0].size;
      batch.push(files.shift());
    }
    say(`Sending ${batch.length} ${batch.length === 1 ? "file" : "files"}…`);
    await sendFiles(batch);
  }
}

// What the service would break off in the middle is not sent.
function isSmallEnough({ name, size }) {
  const largest = Number(section.dataset.largest);
  if (size > largest) result(name, `${mebibytes(size)} MiB, more than the ${mebibytes(largest)} MiB that a file may have. Split it.`, false);
  return size <= largest;
}

function mebibytes(bytes) {
  return Math.ceil(bytes / 2 ** 20);
}

async function sendFiles(batch) {
  const body = new FormData();
  for (const file of batch) body.append("file", file);
  let response;
  try {
    response = await send("/articles", { method: "POST", body });
  } catch {
    for (const file of batch) result(file.name, "The service did not answer.", false);
    return say("");
  }
  if (response.ok) {
    const { stored, rejected } = await response.json();
    for (const one of stored) result(one.given, "stored", true);
    for (const one of rejected) result(one.path, one.reason, false);
    return follow();
  }
  if (batch.length > 1 && [413, 422].includes(response.status)) {
    for (const file of batch) await sendFiles([file]); // one by one: each is told its own reason
    return;
  }
  say("");
  const why = (await problem(response)).replace(/^None of the files can be indexed\. /, "");
  for (const file of batch) result(file.name, why.replace(`${file.name}: `, ""), false);
}

function result(name, told, fine) {
  const item = document.createElement("li");
  item.className = fine ? "fine" : "refused";
  const file = document.createElement("bdi");
  file.className = "file";
  file.textContent = name;
  const words = document.createElement("span");
  words.textContent = told;
  item.append(file, words);
  section.querySelector(".sent").append(item);
}

async function begun(response) {
  if (response.ok) return follow();
  say(await problem(response));
}

let following = false;
async function follow() {
  if (following) return;
  following = true;
  try {
    let job;
    do {
      const response = await send("/index");
      if (!response.ok) return say(await problem(response));
      job = await response.json();
      show(job);
      if (BUSY.includes(job.state)) await new Promise((done) => setTimeout(done, POLL));
    } while (BUSY.includes(job.state));
    await refresh();
  } catch {
    say("The service did not answer. Check that it is running.");
  } finally {
    following = false;
  }
}

function show(job) {
  const busy = BUSY.includes(job.state);
  const bar = section.querySelector("progress");
  bar.hidden = !busy;
  if (job.total > 0) {
    bar.max = job.total;
    bar.value = job.done;
  } else {
    bar.removeAttribute("value");
  }
  section.querySelector("[data-action=cancel]").hidden = !busy || job.state === "cancelling";
  section.querySelector("[data-action=rebuild]").disabled = busy;
  const steps = job.total > 0 ? `${job.done} of ${job.total}` : job.done > 0 ? `${job.done} so far` : "";
  const rest = job.seconds_left === null ? "" : `about ${Math.max(1, Math.round(job.seconds_left))} s left in this step`;
  const queued = job.queued ? "another build follows" : "";
  section.querySelector(".job .detail").textContent = busy ? [steps, rest, queued].filter(Boolean).join(", ") : "";
  if (job.state === "failed") say(job.error);
  else if (job.state === "done") say(reported(job.report));
  else say(STATES[job.state] ?? `${PHASES[job.phase] ?? "Beginning"}…`);
}

function reported({ version, published, articles, changes, rejected, seconds }) {
  const told = ["new", "changed", "removed"].filter((name) => changes[name]).map((name) => `${changes[name]} ${name}`);
  if (rejected.length) told.push(`${rejected.length} rejected`);
  const fresh = published || version !== before; // --watch may have built what was sent before this build began
  const done = fresh ? "Done" : "Nothing had changed";
  return `${done}: ${articles} ${articles === 1 ? "article" : "articles"}${told.length ? ` (files: ${told.join(", ")})` : ""}, ${seconds.toFixed(1)} s.`;
}

// Announced only when the words change: the numbers beside them change too often to be read out.
function say(words) {
  const state = section.querySelector(".state");
  if (state.textContent !== words) state.textContent = words;
}

function offerRemoval() {
  for (const item of document.querySelectorAll(".articles > li:not(:has([data-action=remove]))")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "quiet";
    button.dataset.action = "remove";
    button.textContent = "Remove";
    const title = item.querySelector(".title");
    button.setAttribute("aria-label", `Remove ${title.textContent}`);
    item.append(button);
  }
}

async function remove(button) {
  const item = button.closest("li");
  const dialog = document.querySelector("dialog.confirm");
  dialog.querySelector(".which").textContent = item.querySelector(".title").textContent;
  dialog.returnValue = "";
  dialog.showModal();
  await new Promise((closed) => dialog.addEventListener("close", closed, { once: true }));
  if (dialog.returnValue !== "remove") return button.focus();
  section.open = true;
  before = shownVersion();
  await begun(await send(`/articles/${encodeURIComponent(item.dataset.id)}`, { method: "DELETE" }));
}
