// Well-known text (OGC 06-103r4) with the coordinate system of GeoSPARQL, as GeoJSON.

const KINDS = {
  POINT: "Point", LINESTRING: "LineString", POLYGON: "Polygon",
  MULTIPOINT: "MultiPoint", MULTILINESTRING: "MultiLineString", MULTIPOLYGON: "MultiPolygon",
};
const LITERAL = /^\s*(?:<([^>]*)>\s*)?([A-Z]+)\s*(?:Z|M|ZM)?\s*(\(.*\))\s*$/is;

/** The geometry, or null where the text is none; longitude comes first (RFC 7946). */
export function readWkt(text) {
  const [, system, kind, body] = LITERAL.exec(text) ?? [];
  const type = KINDS[kind?.toUpperCase()];
  if (!type) return null;
  const swapped = /EPSG\/.*\/4326$/.test(system ?? ""); // EPSG:4326 has latitude first
  const nested = body
    .replace(/-?\d[\d.eE+-]*(?:\s+-?\d[\d.eE+-]*)+/g, (pair) => point(pair, swapped))
    .replaceAll("(", "[").replaceAll(")", "]");
  return shaped(type, nested);
}

function point(pair, swapped) {
  const [first, second] = pair.trim().split(/\s+/).map(Number);
  return JSON.stringify(swapped ? [second, first] : [first, second]);
}

function shaped(type, nested) {
  try {
    const coordinates = JSON.parse(nested);
    if (type === "Point") return { type, coordinates: coordinates[0] };
    const flat = type === "MultiPoint" ? coordinates.map((each) => (Array.isArray(each[0]) ? each[0] : each)) : coordinates;
    return { type, coordinates: flat };
  } catch {
    return null;
  }
}
