// Which views suit an answer; the script of each is loaded when it is first opened.

import { coordinates, kinds } from "./answer.js";

const VIEWS = [
  { name: "truth", suits: ({ boolean }) => boolean !== undefined, load: () => import("./truth.js") },
  { name: "table", suits: ({ boolean }) => boolean === undefined, load: () => import("./table.js") },
  { name: "map", suits: hasPlaces, load: () => import("./map.js") },
  { name: "timeline", suits: (answer) => has(answer, "date"), load: () => import("./timeline.js") },
  { name: "graph", suits: hasLinks, load: () => import("./graph.js") },
  { name: "chart", suits: hasFigures, load: () => import("./chart.js") },
  { name: "raw", suits: () => true, load: () => import("./raw.js") },
];

/** The views of an answer, the plainest first; the raw text is always one of them. */
export const suiting = (answer) => VIEWS.filter((view) => view.suits(answer));

const all = (answer) => Object.values(kinds(answer));
const has = (answer, kind) => all(answer).includes(kind);

function hasPlaces(answer) {
  return has(answer, "place") || (answer.rows.length > 0 && coordinates(answer) !== null);
}

function hasLinks(answer) {
  return answer.triples || all(answer).filter((kind) => kind === "iri").length > 1;
}

function hasFigures(answer) {
  return has(answer, "number") && (has(answer, "text") || has(answer, "iri"));
}
