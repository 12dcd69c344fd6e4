// Well-known text is read with its coordinate system.

import assert from "node:assert/strict";
import { test } from "node:test";
import { readWkt } from "../src/draw/wkt.js";

test("a point", () => {
  assert.deepEqual(readWkt("POINT(125.3 43.9)"), { type: "Point", coordinates: [125.3, 43.9] });
});

test("EPSG:4326 has latitude first", () => {
  const text = "<http://www.opengis.net/def/crs/EPSG/0/4326> POINT(43.9 125.3)";
  assert.deepEqual(readWkt(text), { type: "Point", coordinates: [125.3, 43.9] });
});

test("shapes of several points", () => {
  assert.deepEqual(readWkt("LINESTRING (1 2, 3 4)"), { type: "LineString", coordinates: [[1, 2], [3, 4]] });
  assert.deepEqual(readWkt("POLYGON((0 0, 1 0, 1 1, 0 0))"), { type: "Polygon", coordinates: [[[0, 0], [1, 0], [1, 1], [0, 0]]] });
  assert.deepEqual(readWkt("MULTIPOINT((1 2), (3 4))"), { type: "MultiPoint", coordinates: [[1, 2], [3, 4]] });
});

test("what is none", () => {
  for (const text of ["", "POINT", "POINT EMPTY", "CIRCLE(1 2)", "POINT(1 2"]) assert.equal(readWkt(text), null);
});
