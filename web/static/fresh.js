// The page of articles shows what is in service now: the list follows the index, whoever builds it.
import { root } from "./root.js";
import { parse } from "./turn.js";

const LOOK = 3000; // ms between two looks at the index's version, while the page is seen

if (document.querySelector(".listing")) setInterval(look, LOOK);

export function shownVersion() {
  return document.querySelector(".listing").dataset.version;
}

// The list and the counts as they are now; what the page says of a build stays.
export async function refresh() {
  const fresh = parse(await (await fetch(location.href)).text());
  for (const part of [".about", ".listing", ".bottom"]) {
    const [old, now] = [document.querySelector(part), fresh.querySelector(part)];
    if (old && now) old.replaceWith(document.adoptNode(now));
  }
  document.dispatchEvent(new Event("refreshed"));
}

async function look() {
  const listing = document.querySelector(".listing");
  if (document.hidden || listing.contains(document.activeElement)) return; // nothing goes from under the keyboard
  try {
    const response = await fetch(`${root}/articles?limit=1`);
    if (response.ok && (await response.json()).index_version !== shownVersion()) await refresh();
  } catch {
    // the service is away; the list stays
  }
}
