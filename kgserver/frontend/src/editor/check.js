// Faults of the query and what is odd in it, found by the server while it is written,
// underlined in place.

import { linter } from "@codemirror/lint";
import { data, say } from "../page.js";

const PAUSE = 400; // milliseconds without a key before the server is asked

/** A CodeMirror extension that marks what the server cannot read, or warns of. */
export const checking = () => linter(check, { delay: PAUSE });

async function check(view) {
  const text = view.state.doc.toString();
  if (!text.trim()) return [];
  try {
    const response = await fetch(data.check, {
      method: "POST",
      headers: { "Content-Type": "application/sparql-query", Accept: "application/json" },
      body: text,
    });
    return response.ok ? (await response.json()).map((fault) => mark(view, fault)) : [];
  } catch {
    return []; // the server is not there; running the query will say so
  }
}

/** A fault as CodeMirror marks it: from its place to the end of the word there. */
export function mark(view, { line, column, detail, hint, declare, severity = "error" }) {
  const { doc } = view.state;
  const held = doc.line(Math.min(Math.max(line, 1), doc.lines));
  const from = Math.min(held.from + columnOffset(held.text, column), held.to);
  const word = /^(?:[^\s{}()[\];,]+|.)/u.exec(doc.sliceString(from, held.to));
  const to = word ? from + word[0].length : from;
  const actions = declare ? [{ name: say("declare", { line: declare }), apply: (each) => insert(each, declare) }] : [];
  return { from: to > from ? from : Math.max(held.from, from - 1), to, severity, message: [detail, hint].filter(Boolean).join(" "), actions };
}

/** Columns count characters; an offset counts UTF-16 units. */
function columnOffset(text, column) {
  return [...text].slice(0, Math.max(0, column - 1)).join("").length;
}

function insert(view, line) {
  view.dispatch({ changes: { from: 0, insert: `${line}\n` } });
}
