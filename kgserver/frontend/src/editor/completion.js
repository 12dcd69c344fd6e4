// What may come next at the cursor: prefixes, classes, properties, things, variables.

import { data, say } from "../page.js";
import { shorten, split } from "../names.js";
import { iriOf, prefixesOf, read } from "./context.js";

const WORD = /[?$][\p{L}\p{N}_]*|[\p{L}\p{N}_.-]*:?[\p{L}\p{N}_.-]*/u;
const KEYWORDS = ("SELECT ASK CONSTRUCT DESCRIBE PREFIX DISTINCT WHERE OPTIONAL UNION FILTER MINUS GRAPH BIND " +
  "VALUES ORDER BY GROUP HAVING LIMIT OFFSET COUNT SUM AVG MIN MAX SAMPLE GROUP_CONCAT STR LANG LANGMATCHES " +
  "DATATYPE REGEX CONTAINS STRSTARTS LCASE BOUND COALESCE IF EXISTS NOT IN YEAR NOW").split(" ");
const TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";
// Properties whose objects are classes; what else points at a class is its own affair.
const TO_CLASSES = new Set([TYPE, ...["subClassOf", "domain", "range"].map((name) =>
  `http://www.w3.org/2000/01/rdf-schema#${name}`)]);
const MOST = 60;

/** A source of completions for CodeMirror over the terms of the graph. */
export function completer(schema) {
  return async (context) => {
    const word = context.matchBefore(WORD);
    const typed = word?.text ?? "";
    const before = context.state.sliceDoc(0, word?.from ?? context.pos);
    const place = { ...read(before), whole: context.state.doc.toString() };
    if (!context.explicit && !typed && !["predicate", "object"].includes(place.part)) return null;
    if (!context.explicit && !typed && !/\s$/.test(before)) return null;
    const options = await offers(schema, place, typed, context);
    return options.length ? { from: word?.from ?? context.pos, options: options.slice(0, MOST), filter: false } : null;
  };
}

async function offers(schema, place, typed, context) {
  if (/^[?$]/.test(typed)) return variables(place.whole, typed);
  if (place.part === "prefix") return declarations(schema, typed);
  const prefixes = { ...schema.prefixes, ...prefixesOf(place.whole) };
  const locals = [];
  if (place.part === "predicate") locals.push(...properties(schema, place, prefixes, typed));
  else if (place.part === "object" && TO_CLASSES.has(iriOf(place.predicate, prefixes))) return classes(schema, typed);
  else if (place.part === "object" && typed) locals.push(...classes(schema, typed).map((each) => ({ ...each, boost: -50 })));
  if (["subject", "object", "aside"].includes(place.part)) locals.push(...(await things(typed, context)));
  if (!typed.includes(":") && place.part !== "object" && place.part !== "predicate") locals.push(...words(typed));
  if (!typed && place.part !== "predicate") locals.push(...variables(place.whole, ""));
  return locals;
}

function variables(text, typed) {
  const found = new Set(text.match(/[?$][\p{L}\p{N}_]+/gu));
  found.delete(typed);
  return [...found].filter((name) => name.startsWith(typed)).map((label) => ({ label, type: "variable" }));
}

function words(typed) {
  const wanted = typed.toUpperCase();
  return wanted ? KEYWORDS.filter((word) => word.startsWith(wanted)).map((label) => ({ label, type: "keyword" })) : [];
}

/** Behind PREFIX: the whole declaration. */
function declarations(schema, typed) {
  const wanted = typed.replace(/:.*/, "").toLowerCase();
  return Object.entries(schema.prefixes)
    .filter(([prefix]) => prefix.toLowerCase().startsWith(wanted))
    .map(([prefix, namespace]) => ({ label: `${prefix}: <${namespace}>`, type: "namespace" }));
}

function classes(schema, typed) {
  return ranked(schema.classes, typed, () => 0, "class");
}

/** Properties; where the subject's class is known, those come first that it may have. */
function properties(schema, place, prefixes, typed) {
  const own = classesOf(schema, place, prefixes);
  const fits = (each) => {
    if (!own.size || !each.domain.length) return 0;
    return each.domain.some((iri) => own.has(iri)) ? 40 : -40;
  };
  const kind = typed === "" || typed === "a" ? [{ label: "a", detail: say("isa"), type: "keyword", boost: 90 }] : [];
  return [...kind, ...ranked(schema.properties, typed, fits, "property")];
}

/** The classes that the query says the subject is in, and all above them. */
function classesOf(schema, place, prefixes) {
  const found = new Set();
  const { triples, others } = read(place.whole);
  for (const [subject, predicate, object] of [...triples, ...others, ...place.triples, ...place.others]) {
    if (subject !== place.subject || iriOf(predicate, prefixes) !== TYPE) continue;
    for (const iri of schema.above(iriOf(object, prefixes))) if (iri) found.add(iri);
  }
  return found;
}

/** Those that hold what was typed, in their name or their label, the best fit first. */
function ranked(terms, typed, bonus, type) {
  const wanted = typed.toLowerCase();
  return terms
    .filter((each) => each.sought.includes(wanted) && each.parts)
    .map((each) => ({
      label: each.name,
      detail: each.label,
      info: () => described(each),
      type,
      boost: bonus(each) + fit(each, wanted) + Math.min(9, Math.log10(each.count + 1)),
      apply: accept(each.parts),
    }))
    .sort((a, b) => b.boost - a.boost);
}

function fit(each, wanted) {
  if (!wanted) return 0;
  const local = each.parts.local.toLowerCase();
  if (each.name.toLowerCase().startsWith(wanted) || local.startsWith(wanted)) return 30;
  return each.label.toLowerCase().startsWith(wanted) ? 25 : 0;
}

function described(each) {
  const box = document.createElement("div");
  const lines = [each.comment, shape(each), each.count ? say("uses", { count: each.count }) : ""];
  for (const line of lines.filter(Boolean)) {
    const paragraph = document.createElement("p");
    paragraph.textContent = line;
    box.append(paragraph);
  }
  return box;
}

function shape({ domain, range }) {
  if (!domain?.length && !range?.length) return "";
  const written = (iris) => (iris?.length ? iris.map(shorten).join(", ") : "…");
  return `${written(domain)} → ${written(range)}`;
}

/** Things of the graph whose label holds what was typed, in any language. */
async function things(typed, context) {
  const sought = typed.includes(":") ? typed.slice(typed.indexOf(":") + 1) : typed;
  if (sought.length < 2 && !/\p{Script=Han}/u.test(sought)) return [];
  const stop = new AbortController();
  context.addEventListener("abort", () => stop.abort(), { onDocChange: true });
  try {
    const address = new URL(data.entities, location.href);
    address.searchParams.set("q", sought);
    const response = await fetch(address, { headers: { Accept: "application/json" }, signal: stop.signal });
    return response.ok ? (await response.json()).results.map(thing) : [];
  } catch {
    return []; // what was typed has changed, or the server is gone: nothing to offer
  }
}

function thing({ iri, label, matched, types }) {
  const parts = split(iri);
  const called = matched && matched !== label ? `${label} (${matched})` : label;
  return {
    label: parts ? `${parts.prefix}:${parts.local}` : `<${iri}>`,
    detail: [called, types[0]].filter(Boolean).join(" · "),
    type: "thing",
    apply: accept(parts, iri),
  };
}

/** Writes the name and, where the query lacks it, the line that declares its prefix. */
function accept(parts, iri = "") {
  return (view, _, from, to) => {
    const name = parts ? `${parts.prefix}:${parts.local}` : `<${iri}>`;
    const text = view.state.doc.toString();
    const declared = parts ? prefixesOf(text)[parts.prefix] : "";
    const line = declared === undefined ? `PREFIX ${parts.prefix}: <${parts.namespace}>\n` : "";
    const written = declared && declared !== parts?.namespace && parts ? `<${parts.namespace}${parts.local}>` : name;
    view.dispatch({
      changes: [{ from: 0, insert: line }, { from, to, insert: written }],
      selection: { anchor: from + line.length + written.length },
      userEvent: "input.complete",
    });
  };
}

