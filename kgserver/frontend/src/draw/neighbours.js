// What is around a thing, asked of the endpoint: links to it and from it.

import { data } from "../page.js";
import { ROWS } from "../results/answer.js";
import { hrefOf, learn, nameOf } from "../results/terms.js";

const MOST = 24; // links in one step, so that a drawing stays one
const QUERY = (iri) => `SELECT DISTINCT ?from ?p ?to WHERE {
  { BIND(<${iri}> AS ?from) <${iri}> ?p ?to } UNION { BIND(<${iri}> AS ?to) ?from ?p <${iri}> }
  FILTER(isIRI(?from) && isIRI(?to) && ?p != <http://www.w3.org/1999/02/22-rdf-syntax-ns#type>)
  FILTER(STRSTARTS(STR(?from), "${data.base}id/") && STRSTARTS(STR(?to), "${data.base}id/"))
} LIMIT ${MOST}`;

/** The nodes and links one step around a thing. */
export async function neighbours(iri) {
  const response = await fetch(`${data.endpoint}?${new URLSearchParams({ query: QUERY(iri) })}`, { headers: { Accept: ROWS } });
  if (!response.ok) return { nodes: [], links: [] };
  const rows = (await response.json()).results.bindings;
  return network(rows.map(({ from, p, to }) => [from, p, to]));
}

/** Triples of terms as nodes and links, with their names learnt. */
export async function network(triples) {
  const terms = triples.flat().filter((term) => term?.type === "uri");
  await learn(terms.map(({ value }) => value));
  const nodes = new Map();
  const links = triples.map(([from, p, to]) => {
    for (const term of [from, to]) nodes.set(term.value, nodeOf(term));
    return { source: from.value, target: to.value, name: typeof p === "string" ? p : nameOf(p) };
  });
  return { nodes: [...nodes.values()], links };
}

function nodeOf(term) {
  return { id: term.value, name: nameOf(term), href: hrefOf(term) };
}

