// An editable combobox with a list (WAI-ARIA Authoring Practices 1.2): what is found for the text is moved through with
// the arrow keys and chosen with Enter or a click; the field keeps the focus.

const PAUSE = 100; // ms after the last key before it is looked for

// id, name: of the list. least: characters from which typing opens it. eager: whether Enter takes the first option where
// none is marked. found(text, signal): the options, null where they cannot be told. draw(option, item), chosen(option):
// what one looks like, and does. told(options): how many there are, in words. Gives {list, said, look, close}; list and
// said are to be put into the page.
export function combobox(field, { id, name, least, eager = false, found, draw, chosen, told }) {
  const list = document.createElement("ul");
  const said = document.createElement("span");
  let options = [];
  let active = -1;
  let pause = 0;
  let asking = null;
  begin();
  return { list, said, look, close };

  function begin() {
    list.id = id;
    list.className = "options";
    list.hidden = true;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", name);
    said.className = "unseen";
    said.setAttribute("role", "status");
    for (const [attribute, value] of Object.entries({
      role: "combobox",
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      "aria-controls": id,
    })) field.setAttribute(attribute, value);
    field.addEventListener("input", () => {
      clearTimeout(pause);
      close();
      if (field.value.trim().length >= least) pause = setTimeout(look, PAUSE);
    });
    field.addEventListener("keydown", pressed);
    field.addEventListener("blur", close);
    list.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
    list.addEventListener("click", (event) => {
      const item = event.target.closest("[role=option]");
      if (item) choose([...list.children].indexOf(item));
    });
  }

  function pressed(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const by = event.key === "ArrowDown" ? 1 : -1;
      if (list.hidden) look().then(() => move(by));
      else move(by);
    } else if (event.key === "Enter" && !list.hidden && (active >= 0 || eager)) {
      event.preventDefault();
      choose(Math.max(active, 0));
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      event.stopPropagation(); // an open source stays
      close();
    }
  }

  async function look() {
    asking?.abort();
    asking = new AbortController();
    const typed = field.value.trim();
    try {
      const given = await found(typed, asking.signal);
      if (given && field.value.trim() === typed && document.activeElement === field) show(given);
    } catch {
      // typed on, or the service is away: there is nothing to choose from
    }
  }

  function show(given) {
    options = given;
    list.replaceChildren(
      ...options.map((option, at) => {
        const item = document.createElement("li");
        item.id = `${id}-${at}`;
        item.setAttribute("role", "option");
        item.setAttribute("aria-selected", "false");
        draw(option, item);
        return item;
      }),
    );
    active = -1;
    list.hidden = !options.length;
    field.setAttribute("aria-expanded", String(!list.hidden));
    said.textContent = told(options);
  }

  function move(by) {
    if (list.hidden) return;
    list.children[active]?.setAttribute("aria-selected", "false");
    active = active < 0 ? (by > 0 ? 0 : options.length - 1) : (active + by + options.length) % options.length;
    const item = list.children[active];
    item.setAttribute("aria-selected", "true");
    item.scrollIntoView({ block: "nearest" });
    field.setAttribute("aria-activedescendant", item.id);
  }

  function close() {
    clearTimeout(pause);
    asking?.abort();
    list.hidden = true;
    active = -1;
    said.textContent = "";
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  }

  function choose(at) {
    close();
    chosen(options[at]);
  }
}
