// A query taken along: its address, a curl command, a Python programme, a file.

import { html } from "../dom.js";
import { data, say } from "../page.js";
import { addressOf } from "./asking.js";

const ROWS = [["csv", "CSV"], ["tsv", "TSV"], ["json", "JSON"], ["xml", "XML"]];
const TRUTHS = [["json", "JSON"], ["xml", "XML"]];
const TRIPLES = [["ttl", "Turtle"], ["nt", "N-Triples"], ["jsonld", "JSON-LD"], ["rdf", "RDF/XML"]];

const absolute = (question, extra) => new URL(addressOf(question, extra), location.href).href;
const endpoint = (question) => absolute(question).replace(/\?.*/, "");

/** The ways to take a question along: what they are called, and the text. */
const WAYS = [
  ["link", (question) => absolute(question)],
  ["curl", curl],
  ["python", python],
];

function curl(question) {
  const quoted = question.text.replaceAll("'", "'\\''");
  const asserted = question.asserted ? " \\\n  --data 'asserted=1'" : "";
  const version = data.version ? ` \\\n  --data 'version=${data.version}'` : "";
  return `curl '${endpoint(question)}' -H 'Accept: text/csv'${asserted}${version} \\\n  --data-urlencode 'query=${quoted}'`;
}

function python(question) {
  const quoted = JSON.stringify(question.text).replaceAll("\\n", "\\n\"\n    \"");
  const asserted = question.asserted ? ', "asserted": "1"' : "";
  const version = data.version ? `, "version": "${data.version}"` : "";
  return [
    "import json",
    "from urllib.parse import urlencode",
    "from urllib.request import Request, urlopen",
    "",
    `query = (\n    ${quoted}\n)`,
    `data = urlencode({"query": query${asserted}${version}}).encode()`,
    `request = Request(${JSON.stringify(endpoint(question))}, data, {"Accept": "application/sparql-results+json"})`,
    'for row in json.load(urlopen(request))["results"]["bindings"]:',
    '    print({name: term["value"] for name, term in row.items()})',
    "",
  ].join("\n");
}

/** Buttons that copy; where the clipboard is denied the text is shown to be copied. */
export function copying(current, status) {
  return WAYS.map(([name, text]) =>
    html("button", { type: "button", class: "quiet", onclick: () => copy(text(current()), name, status) }, say(`copy-${name}`)));
}

async function copy(text, name, status) {
  try {
    await navigator.clipboard.writeText(text);
    status(say("copied", { what: say(`copy-${name}`) }));
  } catch {
    window.prompt(say(`copy-${name}`), text);
  }
}

/** Links that download the answer, in every format that it has. */
export function downloads(question, answer) {
  const formats = answer.triples ? TRIPLES : answer.boolean === undefined ? ROWS : TRUTHS;
  return formats.map(([format, name]) =>
    html("a", { href: addressOf(question, { format }), download: `answer.${format}` }, name));
}
