// For each row the triples that it rests on, each with a link to why it holds.

import { html } from "../dom.js";
import { say } from "../page.js";
import { iriOf, prefixesOf, read } from "../editor/context.js";
import { nameOf, written } from "./terms.js";

const MOST = 3; // links in a row
const PLAIN = /^[?$]/;

/**
 * The triple patterns of the query whose every term a row gives: its variables are
 * columns, the rest is named. A graph's rows are triples themselves.
 */
export function patterns({ triples, variables, query }) {
  if (triples) return [["?s", "?p", "?o"].map(variable)];
  const prefixes = prefixesOf(query);
  const terms = read(query).triples.map((pattern) => pattern.map((token) => term(token, prefixes)));
  const told = ({ name }) => name === undefined || variables.includes(name);
  return terms.filter((pattern) => pattern.every((each) => each && told(each)) && pattern.some(({ name }) => name)).slice(0, MOST);
}

function term(token, prefixes) {
  if (token && PLAIN.test(token)) return variable(token);
  const iri = iriOf(token, prefixes);
  return iri ? { type: "uri", value: iri } : null;
}

const variable = (token) => ({ name: token.slice(1) });

/** The last cell of a row. */
export function whyCell({ patterns: all }, row) {
  if (!all.length) return [];
  const links = all.map((pattern) => link(pattern.map((each) => (each.name ? row[each.name] : each)), all.length > 1)).filter(Boolean);
  return [html("td", {}, ...links.flatMap((each, index) => (index ? [" ", each] : [each])))];
}

/** Where a row rests on several triples, each link is called by its property. */
function link([s, p, o], several) {
  if (s?.type !== "uri" || p?.type !== "uri" || !o || !["uri", "literal"].includes(o.type)) return null;
  const asked = new URLSearchParams({ s: written(s), p: written(p), o: written(o) });
  const said = [s, p, o].map(nameOf).join(" ");
  return html("a", { href: `/why?${asked}`, class: "why", title: said, "aria-label": `${say("why")} ${said}` }, several ? nameOf(p) : say("why"));
}
