// The paper that is drawn on: it grows by wheel with Ctrl, by two fingers and by button.

import { select } from "d3-selection";
import { zoom } from "d3-zoom";
import { html, svg } from "../dom.js";

const STEP = 1.5;

/**
 * A drawing in the place given, as wide as it: `{root, layer, width, height, zoomed}`.
 * What is put into `layer` moves and grows; `zoomed` is told how much. A wheel alone and
 * one finger scroll the page, as everywhere else.
 */
export function surface(place, { label, height, most = 24, zoomed = () => {} }) {
  const width = Math.max(place.clientWidth, 320);
  const tall = typeof height === "function" ? height(width) : height;
  const layer = svg("g");
  const root = svg("svg", { class: "drawing moving", viewBox: `0 0 ${width} ${tall}`, role: "group", "aria-label": label }, layer);
  const behaviour = zoom().scaleExtent([0.5, most]).filter(wanted)
    .on("zoom", ({ transform }) => { layer.setAttribute("transform", transform); zoomed(transform); });
  const drawn = select(root).call(behaviour).on("dblclick.zoom", null);
  const button = (text, act) => html("button", { type: "button", class: "quiet", onclick: act, "aria-label": text === "+" ? "+" : "−" }, text);
  const buttons = html("p", { class: "zooming" },
    button("+", () => drawn.call(behaviour.scaleBy, STEP)),
    button("−", () => drawn.call(behaviour.scaleBy, 1 / STEP)));
  place.append(buttons, root);
  return { root, layer, width, height: tall };
}

function wanted(event) {
  if (event.type === "wheel") return event.ctrlKey || event.metaKey;
  if (event.touches) return event.touches.length > 1;
  return event.button === 0 && !event.target.closest?.("a, [role=button]");
}

/** Show those labels that have room, the first before the rest: boxes in pixels. */
export function unclutter(labels, scale) {
  const taken = [];
  for (const label of labels) {
    label.style.display = "";
    const { left, right, top, bottom } = label.getBoundingClientRect();
    const gap = scale > 4 ? 0 : 1;
    const meets = taken.some((box) => left - gap < box.right && right + gap > box.left && top - gap < box.bottom && bottom + gap > box.top);
    if (meets) label.style.display = "none";
    else taken.push({ left, right, top, bottom });
  }
}
