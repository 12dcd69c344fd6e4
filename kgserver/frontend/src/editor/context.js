// Where in a query the cursor stands: which part of a triple comes next, and of what.

// One token of SPARQL, as far as completion needs to tell them apart.
const TOKEN =
  /#[^\n]*|"""[^]*?"""|'''[^]*?'''|"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?|<[^<>"{}|^`\\\s]*>|[?$][\p{L}\p{N}_]+|@[a-zA-Z-]+|\^\^|[\p{L}\p{N}_.-]*:[\p{L}\p{N}_%.:\\-]*|[\p{L}_][\p{L}\p{N}_-]*|[0-9.]+(?:[eE][+-]?\d+)?|[^\s]/gu;
const NEXT = { subject: "predicate", predicate: "object", object: "after" };
// Words behind which something other than a triple is said, up to its closing bracket.
const ASIDE = new Set(["FILTER", "BIND", "HAVING", "VALUES"]);
const OPENING = new Set(["WHERE", "OPTIONAL", "UNION", "MINUS", "EXISTS", "GRAPH", "CONSTRUCT"]);
const PATH = new Set(["/", "|", "^", "*", "+", "!"]);

/** The tokens of a text, without its comments. */
export function tokens(text) {
  return (text.match(TOKEN) ?? []).filter((token) => !token.startsWith("#"));
}

/**
 * The state behind the tokens of a text: `{part, subject, predicate, triples, others}`.
 * `part` is `subject`, `predicate`, `object`, `after` (a triple is whole), `prologue`,
 * `prefix`, or `aside` where no triple is being written. `others` are the triples of
 * filters and of MINUS, of which a row of the answer says nothing.
 */
export function read(text) {
  const state = { part: "prologue", subject: null, predicate: null, triples: [], others: [], stack: [], depth: 0 };
  let before = "";
  for (const token of tokens(text)) {
    step(state, token, before);
    before = token;
  }
  return state;
}

function step(state, token, before) {
  const word = token.toUpperCase();
  if (state.depth > 0) return aside(state, token);
  if (state.part === "prologue") return prologue(state, token, word);
  if (state.part === "prefix") {
    if (token.endsWith(">")) state.part = "prologue";
    return undefined;
  }
  if (token === "{") return open(state, "subject", before.toUpperCase() === "MINUS");
  if (token === "}") return close(state);
  if (token === "[") return open(state, "predicate");
  if (token === "]") return close(state, true);
  if (token === "(" && state.part === "predicate") return undefined;
  if (token === "(" ) return void (state.depth = 1);
  if (ASIDE.has(word)) return void (state.part = "aside");
  if (OPENING.has(word) || state.part === "aside") return undefined;
  if (PATH.has(token) && ["object", "predicate"].includes(state.part)) return path(state);
  return inTriple(state, token, before);
}

function prologue(state, token, word) {
  if (word === "PREFIX" || word === "BASE") state.part = "prefix";
  else if (token === "{") open(state, "subject");
}

/** Brackets of an expression are only counted; behind the last the group goes on. */
function aside(state, token) {
  if (token === "(") state.depth += 1;
  if (token === ")") state.depth -= 1;
  if (state.depth === 0 && state.part === "aside") state.part = "subject";
  else if (state.depth === 0) state.part = NEXT[state.part] ?? state.part;
}

function open(state, part, denied = false) {
  const apart = denied || state.part === "aside" || state.apart;
  state.stack.push([state.part, state.subject, state.predicate, state.apart]);
  Object.assign(state, { apart });
  Object.assign(state, { part, subject: part === "predicate" ? `[${state.stack.length}` : null, predicate: null });
}

function close(state, inTriple = false) {
  const [part, subject, predicate, apart] = state.stack.pop() ?? ["prologue", null, null, false];
  Object.assign(state, { subject, predicate, apart });
  if (inTriple) state.part = NEXT[part] ?? "after";
  else state.part = state.stack.length ? "subject" : "prologue";
}

/** A path goes on: the predicate that seemed whole is one of its steps. */
function path(state) {
  state.part = "predicate";
  state.predicate = null;
}

function inTriple(state, token) {
  if (token === ".") return void Object.assign(state, { part: "subject", subject: null, predicate: null });
  if (token === ";") return void Object.assign(state, { part: "predicate", predicate: null });
  if (token === ",") return void (state.part = "object");
  if (token === ")" || token === "^^" || token.startsWith("@")) return undefined;
  if (state.part === "after") return undefined;
  if (state.part === "subject") state.subject = token;
  if (state.part === "predicate") state.predicate = token;
  if (state.part === "object") (state.apart ? state.others : state.triples).push([state.subject, state.predicate, token]);
  state.part = NEXT[state.part] ?? state.part;
  return undefined;
}

/** Prefix → namespace, as the text declares them. */
export function prefixesOf(text) {
  const found = {};
  for (const [, prefix, namespace] of text.matchAll(/\bPREFIX\s+([\p{L}\p{N}_.-]*):\s*<([^>]*)>/giu)) {
    found[prefix] = namespace;
  }
  return found;
}

/** The IRI that a token stands for under these prefixes, or null. */
export function iriOf(token, prefixes) {
  if (!token) return null;
  if (token === "a") return "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";
  if (token.startsWith("<")) return token.slice(1, -1);
  const mark = token.indexOf(":");
  const namespace = mark < 0 ? undefined : prefixes[token.slice(0, mark)];
  return namespace === undefined ? null : namespace + token.slice(mark + 1);
}
