// The cursor's place in a query is told right, also where the query is not yet whole.

import assert from "node:assert/strict";
import { test } from "node:test";
import { iriOf, prefixesOf, read } from "../src/editor/context.js";

const PLACES = [
  ["", "prologue"],
  ["PREFIX ", "prefix"],
  ["SELECT * WHERE { ", "subject"],
  ["SELECT * { ?s ", "predicate"],
  ["SELECT * { ?s a ", "object"],
  ["SELECT * { ?s a ex:C ", "after"],
  ["SELECT * { ?s a ex:C ; ", "predicate"],
  ["SELECT * { ?s a ex:C , ", "object"],
  ["SELECT * { ?s a ex:C . ", "subject"],
  ["SELECT * { ?s ex:p/", "predicate"],
  ["SELECT * { ?s ^ex:p ", "object"],
  ["SELECT * { ?s ex:p [ ", "predicate"],
  ["SELECT * { ?s ex:p [ ex:q 1 ] ; ", "predicate"],
  ["SELECT * { ?s ex:p 1 FILTER(", "aside"],
  ["SELECT * { ?s ex:p 1 FILTER(?x > 1) ", "subject"],
  ["SELECT * { ?s ex:p 1 FILTER(LANG(?x) = \"en\") OPTIONAL { ?s ", "predicate"],
  ["SELECT * { GRAPH ?g { ", "subject"],
  ["SELECT * { { ?s a ex:C } UNION { ?t ", "predicate"],
  ["SELECT * { ?s rdfs:label \"a . b\"@en ; ", "predicate"],
  ["# { ?s\nSELECT * { ", "subject"],
  ["SELECT (COUNT(*) AS ?n) { ?s ", "predicate"],
  ["SELECT * { ?s a ex:C } ORDER BY ", "prologue"],
];

for (const [text, part] of PLACES) {
  test(`${JSON.stringify(text)} leads to ${part}`, () => {
    const found = read(text);
    assert.equal(found.depth > 0 && part === "aside" ? "aside" : found.part, part);
  });
}

test("the triples before the cursor are known", () => {
  const { triples, subject } = read("SELECT * { ?s a ex:C ; ex:p ?o . ?o ");
  assert.deepEqual(triples, [["?s", "a", "ex:C"], ["?s", "ex:p", "?o"]]);
  assert.equal(subject, "?o");
});

test("names are read with the prefixes of the query", () => {
  const prefixes = prefixesOf("PREFIX ex: <http://e/>\nprefix : <http://d/>");
  assert.equal(iriOf("ex:a", prefixes), "http://e/a");
  assert.equal(iriOf(":a", prefixes), "http://d/a");
  assert.equal(iriOf("no:a", prefixes), null);
});

test("what filters and MINUS hold is kept apart", () => {
  const { triples, others } = read("SELECT * { ?s a ex:C FILTER NOT EXISTS { ?s a ex:D } MINUS { ?s a ex:E } ?s ex:p 1 . }");
  assert.deepEqual(triples.map(([, , object]) => object), ["ex:C", "1"]);
  assert.deepEqual(others.map(([, , object]) => object), ["ex:D", "ex:E"]);
});
