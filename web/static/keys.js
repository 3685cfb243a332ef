// "/" goes to the question box (or the filter) from anywhere outside of a field; arrows go from source to source.

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable], .panel")) return;
  if (event.key === "/") toField(event);
  if (event.key === "ArrowLeft" || event.key === "ArrowRight") toSource(event, event.key === "ArrowLeft" ? -1 : 1);
});

function toField(event) {
  const field = document.querySelector("#q, #find");
  if (!field) return;
  event.preventDefault();
  field.focus();
  field.select();
}

// From the source that has the focus to the next; from elsewhere to the first of the last answer.
function toSource(event, by) {
  if (document.querySelector(".panel")) return; // there they go from quote to quote
  const turn = event.target.closest(".turn") ?? document.querySelector("#turns > .turn:last-child");
  const sources = [...(turn?.querySelectorAll(".source") ?? [])];
  if (!sources.length) return;
  event.preventDefault();
  const at = sources.indexOf(event.target);
  const next = at < 0 ? 0 : (at + by + sources.length) % sources.length;
  sources[next].focus();
  sources[next].scrollIntoView({ block: "nearest" });
}
