// The queries that were run in this browser, kept by it and sent nowhere.

const KEY = "kgserver-queries";
const MOST = 50;

/** What was run, the latest first: `{text, at}`. */
export function all() {
  try {
    const held = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(held) ? held : [];
  } catch {
    return []; // storage is denied, or holds what is not ours
  }
}

/** Remember a query that was run; the same text is kept once. */
export function remember(text) {
  keep([{ text, at: new Date().toISOString() }, ...all().filter((each) => each.text !== text)].slice(0, MOST));
}

/** Forget them all. */
export const forget = () => keep([]);

function keep(list) {
  try {
    localStorage.setItem(KEY, JSON.stringify(list));
  } catch {
    // storage is denied or full: the page works without a past
  }
}
