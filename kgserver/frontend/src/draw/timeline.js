// What happened when, on an axis of time: days as dots, months and years as spans.

import { axisBottom } from "d3-axis";
import { scaleUtc } from "d3-scale";
import { select } from "d3-selection";
import { html, svg } from "../dom.js";
import { say } from "../page.js";

const LANE = 22; // pixels
const FOOT = 28;
const SIDE = 14;
const DAY = 86_400_000;

/** A date of XML Schema as the time from its first to its last moment, or null. */
export function period(text) {
  const found = /^(-?\d{4,})(?:-(\d\d)(?:-(\d\d))?)?/.exec(text);
  if (!found) return null;
  const [year, month, day] = found.slice(1).map((part) => (part === undefined ? null : Number(part)));
  const from = utc(year, (month ?? 1) - 1, day ?? 1);
  const to = day ? from + DAY : month ? utc(year, month, 1) : utc(year + 1, 0, 1);
  return { from, to };
}

function utc(year, month, day) {
  const date = new Date(Date.UTC(2000, month, day));
  return date.setUTCFullYear(year + (date.getUTCFullYear() - 2000));
}

/** Draw entries `{name, href, from, to}` (milliseconds) in the element given. */
export function drawTimeline(place, entries) {
  const width = Math.max(place.clientWidth, 320);
  const ordered = [...entries].sort((a, b) => a.from - b.from || a.to - b.to);
  const root = svg("svg", { class: "drawing timeline", role: "group", "aria-label": say("moments", { count: entries.length }) });
  place.append(root);
  const scale = scaleUtc([ordered[0].from, Math.max(...ordered.map(({ to }) => to))], [SIDE, width - SIDE]).nice();
  const marks = ordered.map((entry) => mark(root, entry, scale));
  const lanes = laid(marks, width);
  const height = lanes * LANE + FOOT;
  root.setAttribute("viewBox", `0 0 ${width} ${height}`);
  const axis = svg("g", { class: "axis", transform: `translate(0,${height - FOOT})` });
  root.prepend(axis);
  select(axis).call(axisBottom(scale).ticks(Math.max(2, Math.floor(width / 110))).tickSize(5));
  return root;
}

function mark(root, { name, href, from, to, note }, scale) {
  const [x, end] = [scale(from), scale(to)];
  const long = end - x > 6;
  const sign = long
    ? svg("line", { class: "span", x1: x + 2, x2: end - 2, y1: 0, y2: 0 })
    : svg("circle", { class: "spot", cx: x, cy: 0, r: 4 });
  const text = svg("text", { y: 4 }, name);
  const parts = [sign, text, svg("title", {}, note ?? name)];
  const group = href ? svg("a", { href }, ...parts) : svg("g", {}, ...parts);
  root.append(group);
  return { group, text, x, end: long ? end : x + 4 };
}

/** Give each mark the first lane with room; its name stands behind it, or before. */
function laid(marks, width) {
  const ends = [];
  for (const { group, text, x, end } of marks) {
    const length = fitted(text, Math.max(width - end - 6, x - 8));
    const before = end + 6 + length > width && x - 6 - length > 0;
    text.setAttribute("x", before ? x - 7 - length : end + 5);
    const [left, right] = before ? [x - 7 - length, end] : [x - 5, end + 5 + length];
    let lane = ends.findIndex((taken) => taken.every((span) => right + 8 < span.left || left > span.right + 8));
    if (lane < 0) lane = ends.push([]) - 1;
    ends[lane].push({ left, right });
    group.setAttribute("transform", `translate(0,${lane * LANE + LANE / 2})`);
  }
  return ends.length;
}

/** Cut a name to the room there is; its title has it whole. How long it is now. */
function fitted(text, room) {
  const length = text.getComputedTextLength();
  if (length <= room) return length;
  const letters = [...text.textContent];
  text.textContent = `${letters.slice(0, Math.max(1, Math.floor((letters.length * room) / length) - 2)).join("").trimEnd()}…`;
  return text.getComputedTextLength();
}

/** What is drawn at most, said where more was given. */
export function limited(place, entries, most) {
  if (entries.length > most) place.append(html("p", { class: "note" }, say("first", { shown: most, count: entries.length })));
  return entries.slice(0, most);
}
