// Rows as things and links: triples as they are, else the first column to the others.

import { drawGraph } from "../draw/graph.js";
import { neighbours, network } from "../draw/neighbours.js";
import { html } from "../dom.js";
import { say } from "../page.js";
import { kinds } from "./answer.js";

const MOST = 150; // links

/** Show it; a plus at a node fetches what else is around it. */
export async function show(panel, answer) {
  const all = answer.triples ? triples(answer) : pairs(answer);
  if (all.length > MOST) panel.append(html("p", { class: "note" }, say("first", { shown: MOST, count: all.length })));
  const { nodes, links } = await network(all.slice(0, MOST));
  return drawGraph(panel, { nodes, links, expand: neighbours });
}

function triples({ rows }) {
  return rows.filter(({ o }) => o.type !== "literal").map(({ s, p, o }) => [s, p, o]);
}

function pairs(answer) {
  const found = kinds(answer);
  const [first, ...others] = answer.variables.filter((name) => found[name] === "iri");
  const parts = ["s", "p", "o"].every((name) => answer.variables.includes(name));
  if (parts) return triples(answer);
  return answer.rows.flatMap((row) =>
    others.filter((name) => row[first] && row[name]).map((name) => [row[first], name, row[name]]));
}
