// The answer of an ASK: one word.

import { html } from "../dom.js";
import { say } from "../page.js";

/** Show it. */
export function show(panel, { boolean }) {
  panel.append(html("p", { class: "truth" }, say(boolean ? "yes" : "no")));
}
