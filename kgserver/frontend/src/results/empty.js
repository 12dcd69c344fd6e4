// Why a query finds nothing: the pattern that matches nothing, and what is not meant.

import { html } from "../dom.js";
import { say } from "../page.js";

/** The section that says why; `show` leads to a fault's place in the query. */
export function reasons({ matches, nothing, warnings }, show) {
  const told = [nothing, ...warnings].filter(Boolean);
  return html("section", { class: "empty", "aria-labelledby": "empty-title" },
    html("h3", { id: "empty-title" }, say("empty")),
    matches ? html("p", {}, say("matches")) : null,
    html("ul", { class: "plain" }, ...told.map((each) => reason(each, show))));
}

function reason(each, show) {
  const line = html("button", { type: "button", class: "linklike", onclick: () => show(each) }, say("line", { line: each.line }));
  return html("li", {},
    html("p", {}, html("strong", {}, each.detail)),
    each.hint ? html("p", { class: "hint" }, each.hint) : null,
    html("p", { class: "note" }, line, " ", html("code", {}, each.excerpt)));
}
