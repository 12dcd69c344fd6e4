// The answer letter for letter, as the server sent it.

import { html } from "../dom.js";
import { integer, say } from "../page.js";

const MOST = 200_000;

/** Show it, as far as a page can hold it; a graph is asked for once more as Turtle. */
export async function show(panel, answer, { turtle }) {
  const text = answer.triples ? await turtle() : indented(answer.text);
  panel.append(html("pre", { tabindex: 0, "aria-label": say("raw") }, html("code", {}, text.slice(0, MOST))));
  if (text.length > MOST) {
    panel.append(html("p", { class: "note" }, say("cut", { shown: integer(MOST), all: integer(text.length) })));
  }
}

function indented(text) {
  return text.length > MOST ? text : JSON.stringify(JSON.parse(text), null, 2);
}
