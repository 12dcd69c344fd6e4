// An answer as rows, whatever came over the wire: SPARQL JSON results or N-Triples.

export const ROWS = "application/sparql-results+json";
export const TRIPLES = "application/n-triples";

const TERM =
  /\s*(?:<([^>]*)>|_:(\S+)|"((?:[^"\\]|\\.)*)"(?:@([\w-]+)|\^\^<([^>]*)>)?)/y;
const ESCAPES = { t: "\t", b: "\b", n: "\n", r: "\r", f: "\f" };
const XSD = "http://www.w3.org/2001/XMLSchema#";
const NUMERIC = new Set(
  ("integer decimal double float int long short byte nonNegativeInteger " +
    "positiveInteger unsignedInt unsignedLong unsignedShort unsignedByte " +
    "nonPositiveInteger negativeInteger").split(" ").map((name) => XSD + name),
);
const DATES = new Set(["date", "dateTime", "dateTimeStamp", "gYear", "gYearMonth"].map((name) => XSD + name));
const WKT = "http://www.opengis.net/ont/geosparql#wktLiteral";
const LATITUDE = /^lat(itude)?$/i;
const LONGITUDE = /^(long?|lng|longitude)$/i;

/** `{variables, rows, boolean, triples}` from a response's type and text. */
export function read(type, text) {
  if (type.startsWith(TRIPLES)) {
    return { variables: ["s", "p", "o"], rows: readTriples(text), triples: true };
  }
  const parsed = JSON.parse(text);
  if ("boolean" in parsed) return { variables: [], rows: [], boolean: parsed.boolean };
  return { variables: parsed.head.vars ?? [], rows: parsed.results.bindings };
}

/** N-Triples as rows of `s`, `p` and `o` in the form of SPARQL JSON results. */
export function readTriples(text) {
  const rows = [];
  for (const line of text.split("\n")) {
    if (!line || line.startsWith("#")) continue;
    TERM.lastIndex = 0;
    const terms = [nextTerm(line), nextTerm(line), nextTerm(line)];
    if (terms.every(Boolean)) rows.push({ s: terms[0], p: terms[1], o: terms[2] });
  }
  return rows;
}

function nextTerm(line) {
  const found = TERM.exec(line);
  if (!found) return null;
  const [, iri, node, text, language, datatype] = found;
  if (iri !== undefined) return { type: "uri", value: unescape(iri) };
  if (node !== undefined) return { type: "bnode", value: node };
  const term = { type: "literal", value: unescape(text) };
  if (language) term["xml:lang"] = language;
  if (datatype) term.datatype = datatype;
  return term;
}

function unescape(text) {
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))/g, (_, short, long, one) =>
    one ? (ESCAPES[one] ?? one) : String.fromCodePoint(parseInt(short ?? long, 16)),
  );
}

/** Variable → what all its values are: iri, number, date, place, text, or nothing. */
export function kinds({ variables, rows }) {
  return Object.fromEntries(variables.map((name) => [name, kind(rows, name)]));
}

function kind(rows, name) {
  const found = new Set();
  for (const row of rows) if (row[name]) found.add(kindOf(row[name]));
  return found.size === 1 ? [...found][0] : found.size ? "text" : "nothing";
}

/** The columns that hold latitude and longitude, by their names, or null. */
export function coordinates({ variables }) {
  const latitude = variables.find((name) => LATITUDE.test(name));
  const longitude = variables.find((name) => LONGITUDE.test(name));
  return latitude && longitude ? { latitude, longitude } : null;
}

/** What one value is. */
export function kindOf(term) {
  if (term.type === "uri" || term.type === "bnode") return "iri";
  if (term.datatype === WKT) return "place";
  if (NUMERIC.has(term.datatype)) return "number";
  return DATES.has(term.datatype) ? "date" : "text";
}
