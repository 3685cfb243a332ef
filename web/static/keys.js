// "/" goes to the question box (or the filter) from anywhere outside of a field.

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const field = document.querySelector("#q, #find");
  if (!field) return;
  event.preventDefault();
  field.focus();
  field.select();
});
