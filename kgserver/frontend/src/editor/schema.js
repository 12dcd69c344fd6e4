// The terms of the graph as the server lists them, and which of them fit a class.

import { shorten, split, usePrefixes } from "../names.js";

const BASIC = ["rdf", "rdfs", "owl", "xsd", "skos"];

/** Fetch the list and know its prefixes from now on; an empty list where that fails. */
export async function fetchSchema(address) {
  const response = await fetch(address);
  if (!response.ok) return prepared({ prefixes: {}, classes: [], properties: [] });
  return prepared(await response.json());
}

function prepared({ prefixes, classes, properties }) {
  usePrefixes(prefixes);
  const parents = new Map(classes.map((each) => [each.iri, each.parents]));
  return {
    prefixes,
    basic: BASIC.filter((prefix) => prefixes[prefix]),
    classes: classes.map(term),
    properties: properties.map(term),
    above: (iri) => [iri, ...(parents.get(iri) ?? [])],
  };
}

function term(each) {
  const name = shorten(each.iri);
  return { ...each, name, parts: split(each.iri), sought: `${name} ${each.label}`.toLowerCase() };
}
