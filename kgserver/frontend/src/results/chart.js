// Figures as bars, one a row, under the name that stands beside the figure.

import { scaleLinear } from "d3-scale";
import { html, svg } from "../dom.js";
import { integer, say } from "../page.js";
import { kinds } from "./answer.js";
import { hrefOf, learn, nameOf } from "./terms.js";

const MOST = 60;
const BAR = 22;

/** Show it. */
export async function show(panel, answer) {
  const { figure, name } = columns(answer);
  const rows = answer.rows.filter((row) => row[figure] && row[name]);
  if (rows.length > MOST) panel.append(html("p", { class: "note" }, say("first", { shown: MOST, count: rows.length })));
  const shown = rows.slice(0, MOST);
  await learn(shown.map((row) => row[name]).filter((term) => term.type === "uri").map((term) => term.value));
  const width = Math.max(panel.clientWidth, 320);
  const left = Math.min(260, width * 0.4);
  const values = shown.map((row) => Number(row[figure].value));
  const scale = scaleLinear([Math.min(0, ...values), Math.max(0, ...values)], [left, width - 70]);
  const caption = say("bars", { figure, name });
  panel.append(html("p", { class: "note" }, caption), svg("svg", { class: "drawing", viewBox: `0 0 ${width} ${shown.length * BAR + 8}`, role: "group",
    "aria-label": caption },
    ...shown.map((row, index) => bar(row, { figure, name, index, scale, left, width }))));
}

/** The first column of figures, and the column that names them: text before IRIs. */
function columns(answer) {
  const found = Object.entries(kinds(answer));
  const first = (kind) => found.find(([, each]) => each === kind)?.[0];
  return { figure: first("number"), name: first("text") ?? first("iri") };
}

function bar(row, { figure, name, index, scale, left }) {
  const value = Number(row[figure].value);
  const [start, end] = [scale(0), scale(value)].sort((a, b) => a - b);
  const href = hrefOf(row[name]);
  const text = svg("text", { x: left - 8, y: 15, "text-anchor": "end" }, shortened(nameOf(row[name]), left));
  return svg("g", { transform: `translate(0,${index * BAR})` },
    href ? svg("a", { href }, text) : text,
    svg("rect", { class: "bar", x: start, y: 4, width: Math.max(1, end - start), height: BAR - 7 }),
    svg("text", { class: "soft", x: end + 6, y: 15 }, Number.isInteger(value) ? integer(value) : String(value)));
}

function shortened(text, room) {
  const most = Math.floor(room / 7);
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}
