// One query put to the endpoint: its address, its answer, and how it is stopped.

import { data } from "../page.js";
import { read, ROWS, TRIPLES } from "../results/answer.js";

const LONGEST = 6000; // characters in an address that every server and proxy takes
const ACCEPT = `${ROWS}, ${TRIPLES};q=0.9`;

/** The parameters of a question: its text, whether only files are asked, the version. */
export function parameters({ text, asserted }, extra = {}) {
  const asked = new URLSearchParams({ query: text, ...extra });
  if (asserted) asked.set("asserted", "1");
  if (data.version) asked.set("version", data.version);
  return asked;
}

/** The address that a question is shared by. */
export const addressOf = (question, extra) => `${data.endpoint}?${parameters(question, extra)}`;

/** Ask; raises a `Refused` for a refusal and an `AbortError` where it is stopped. */
export async function ask(question, signal) {
  const name = freshName();
  const cancel = () => fetch(`${data.endpoint}/queries/${name}`, { method: "DELETE" }).catch(() => {});
  signal.addEventListener("abort", cancel);
  try {
    return await answered(question, signal, name);
  } finally {
    signal.removeEventListener("abort", cancel);
  }
}

/** A name for a query that nobody guesses, by which the server can end it. */
function freshName() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function answered(question, signal, name) {
  const response = await send(question, ACCEPT, signal, { "Query-Id": name });
  const text = await response.text();
  if (!response.ok) throw new Refused(response.status, text);
  return { ...read(response.headers.get("Content-Type") ?? "", text), text, query: question.text };
}

/** Why a query finds nothing: what matches nothing, and warnings; raises as `ask` does. */
export async function explain(question, signal) {
  const response = await send(question, "application/json", signal, {}, { explain: "1" });
  const text = await response.text();
  if (!response.ok) throw new Refused(response.status, text);
  return JSON.parse(text);
}

/** The answer once more, as Turtle. */
export async function turtle(question) {
  const response = await send(question, "text/turtle");
  return response.text();
}

function send(question, accept, signal, extra = {}, asked = {}) {
  const address = addressOf(question, asked);
  const headers = { Accept: accept, "Accept-Language": document.documentElement.lang, ...extra };
  if (address.length <= LONGEST) return fetch(address, { headers, signal });
  return fetch(data.endpoint, { method: "POST", headers, signal, body: parameters(question, asked) });
}

/** What the server would not answer, and why: the members of its problem document. */
export class Refused extends Error {
  constructor(status, text) {
    super(text);
    this.status = status;
    try {
      this.problem = JSON.parse(text);
    } catch {
      this.problem = { title: `${status}`, detail: text.slice(0, 500) };
    }
  }
}
