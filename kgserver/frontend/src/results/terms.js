// How a value of an answer is shown: links to pages of this server, labels on hover.

import { html } from "../dom.js";
import { addressOf, shorten } from "../names.js";
import { data } from "../page.js";
import { kindOf } from "./answer.js";

const MOST = 100; // IRIs in one request
const known = new Map(); // IRI → {text, language, href}

/** What an IRI is called, where that has been learnt. */
export const labelOf = (iri) => known.get(iri);

/** Ask the server what these IRIs are called; those that were asked for are known. */
export async function learn(iris) {
  const fresh = [...new Set(iris)].filter((iri) => !known.has(iri));
  for (let start = 0; start < fresh.length; start += MOST) {
    const body = new URLSearchParams(fresh.slice(start, start + MOST).map((iri) => ["iri", iri]));
    const response = await fetch(data.labels, { method: "POST", body });
    if (!response.ok) return;
    for (const [iri, label] of Object.entries(await response.json())) known.set(iri, label);
  }
}

/** What a term is called in a drawing: its label, else its short name, else its text. */
export function nameOf(term) {
  if (!term) return "";
  if (term.type === "uri") return known.get(term.value)?.text || shorten(term.value);
  if (term.type === "triple") return tripleText(term.value);
  return term.type === "bnode" ? `_:${term.value}` : term.value;
}

/** Where a term's page is, or null where it has none. */
export function hrefOf(term) {
  if (term?.type !== "uri") return null;
  return known.get(term.value)?.href ?? addressOf(term.value);
}

/** A term as it stands in a cell of a table. */
export function shown(term, { named = false } = {}) {
  if (!term) return "";
  if (term.type === "uri") return link(term, named);
  if (term.type === "bnode") return html("span", { class: "nameless" }, `_:${term.value}`);
  if (term.type === "triple") return html("span", { class: "nameless" }, tripleText(term.value));
  const language = term["xml:lang"];
  const text = html("span", { lang: language, dir: language ? "auto" : null }, term.value);
  const type = term.datatype && kindOf(term) === "text" ? shorten(term.datatype) : null;
  if (type) text.title = type;
  return language ? html("span", {}, text, " ", html("small", { class: "tag" }, language)) : text;
}

function link(term, named) {
  const label = known.get(term.value);
  const text = named && label?.text ? label.text : shorten(term.value);
  const title = label?.text ? `${label.text}\n${term.value}` : term.value;
  const href = hrefOf(term);
  const rel = href.startsWith("http") ? "noopener" : null;
  return html("a", { href, title, rel, lang: named ? label?.language || null : null }, text);
}

function tripleText({ subject, predicate, object }) {
  return `<<( ${[subject, predicate, object].map((term) => nameOf(term)).join(" ")} )>>`;
}

function bracketed(term) {
  return term.type === "uri" ? `<${term.value}>` : written(term);
}

/** A term in the syntax of N-Triples, as `/why` takes it. */
export function written(term) {
  if (term.type === "uri") return term.value;
  if (term.type === "bnode") return `_:${term.value}`;
  if (term.type === "triple") {
    const { subject, predicate, object } = term.value;
    return `<<( ${[subject, predicate, object].map(bracketed).join(" ")} )>>`;
  }
  const quoted = JSON.stringify(term.value);
  if (term["xml:lang"]) return `${quoted}@${term["xml:lang"]}`;
  return term.datatype ? `${quoted}^^<${term.datatype}>` : quoted;
}
