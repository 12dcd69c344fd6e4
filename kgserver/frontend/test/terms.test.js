// Terms as they stand in a table, and as /why takes them: triple terms within one another.

import assert from "node:assert/strict";
import { test } from "node:test";

// the page that the scripts run in, of which they ask for its data and its language
globalThis.document = { getElementById: () => null, documentElement: { lang: "en" } };
const { nameOf, written } = await import("../src/results/terms.js");

const iri = (value) => ({ type: "uri", value });
const triple = (subject, predicate, object) => ({ type: "triple", value: { subject, predicate, object } });
const text = { type: "literal", value: 'a "b"', "xml:lang": "en" };
const inner = triple(iri("urn:s"), iri("urn:p"), text);
const outer = triple(iri("urn:s"), iri("urn:p"), inner);

test("a triple term is named by its terms, however deep", () => {
  assert.equal(nameOf(outer), '<<( <urn:s> <urn:p> <<( <urn:s> <urn:p> a "b" )>> )>>');
});

test("a triple term is written as N-Triples has it", () => {
  const within = '<<( <urn:s> <urn:p> "a \\"b\\""@en )>>';
  assert.equal(written(inner), within);
  assert.equal(written(outer), `<<( <urn:s> <urn:p> ${within} )>>`);
});
