// The SPARQL page: its form becomes an editor, its answer a choice of views.

import { html } from "./dom.js";
import { data, integer, say } from "./page.js";
import { addressOf, ask, explain, Refused, turtle } from "./editor/asking.js";
import { mark } from "./editor/check.js";
import { completer } from "./editor/completion.js";
import { field, write } from "./editor/field.js";
import * as past from "./editor/past.js";
import { fetchSchema } from "./editor/schema.js";
import { copying, downloads } from "./editor/sharing.js";
import { reasons } from "./results/empty.js";
import { present } from "./results/tabs.js";
import { setDiagnostics } from "@codemirror/lint";

const TICK = 100; // milliseconds between two readings of the clock while a query runs
const form = document.getElementById("asking");
const textarea = document.getElementById("query");
const asserted = document.getElementById("asserted");
const place = document.getElementById("answer");
const submit = form.querySelector("button[type=submit]");
const status = html("p", { class: "state", role: "status" });
const cancel = html("button", { type: "button", class: "quiet", hidden: true }, say("cancel"));
const outcome = html("div");
const took = html("p", { class: "formats" });

const schema = fetchSchema(data.schema);
const view = field(textarea, {
  run,
  complete: async (context) => completer(await schema)(context),
});
let running = null;

const current = () => ({ text: view.state.doc.toString(), asserted: asserted.checked });
const tell = (text) => { status.textContent = text; };

form.querySelector(".doing").append(cancel, ...copying(current, tell), status);
document.getElementById("keys").hidden = false;
form.addEventListener("submit", (event) => { event.preventDefault(); run(); });
cancel.addEventListener("click", () => running?.abort());
for (const link of document.querySelectorAll("#examples a")) {
  link.addEventListener("click", (event) => { event.preventDefault(); take(new URL(link.href).searchParams.get("query")); });
}
filterExamples();
listPast();
if (data.answered) run();
if (data.problem) showProblem(data.problem);

/** Run what stands in the field; what runs already is stopped first. */
async function run() {
  running?.abort();
  const stop = new AbortController();
  running = stop;
  const question = current();
  const started = performance.now();
  const clock = setInterval(() => tell(say("running", { seconds: seconds(started) })), TICK);
  busy(true);
  share(question);
  try {
    const answer = await ask(question, stop.signal);
    const heard = performance.now();
    past.remember(question.text);
    listPast();
    await showAnswer(question, answer);
    clearInterval(clock);
    tell(said(answer, heard - started));
    if (isEmpty(answer, question.text)) await showReasons(question, stop.signal);
  } catch (fault) {
    if (running === stop) showFault(fault);
  } finally {
    clearInterval(clock);
    if (running === stop) busy(false);
  }
}

const seconds = (started) => ((performance.now() - started) / 1000).toFixed(1);

function said(answer, milliseconds) {
  const time = integer(Math.round(milliseconds));
  if (answer.boolean !== undefined) return say("answered", { time });
  return say(answer.triples ? "triples" : "found", { count: answer.rows.length, time });
}

function busy(now) {
  submit.disabled = now;
  cancel.hidden = !now;
  if (!now) running = null;
}

/** The address of the page becomes that of the question, to be shared or kept. */
function share(question) {
  const address = addressOf(question);
  window.history.replaceState(null, "", address.length < 8000 ? address : data.endpoint);
}

async function showAnswer(question, answer) {
  took.replaceChildren(say("download"), " ", ...downloads(question, answer));
  place.replaceChildren(html("h2", { id: "answer-title" }, say("answer")), took, outcome);
  await present(outcome, answer, { turtle: () => turtle(question) });
}

/** No rows, no triples, the answer no, or nothing counted. */
function isEmpty(answer, text) {
  if (answer.boolean !== undefined) return !answer.boolean;
  if (answer.rows.length > 1) return false;
  const counted = answer.rows.flatMap(Object.values);
  return counted.every(({ value }) => value === "0") && (answer.rows.length === 0 || /\bCOUNT\s*\(/i.test(text));
}

/** What the page came with, where it came with this query and its reasons. */
const reasonsOf = (question) =>
  question.text === textarea.defaultValue && question.asserted === asserted.defaultChecked ? data.why : null;

/** Say below an empty answer why it is empty. */
async function showReasons(question, signal) {
  const told = html("div", { "aria-live": "polite" });
  outcome.after(told);
  try {
    told.append(reasons(reasonsOf(question) ?? await explain(question, signal), lead));
  } catch (fault) {
    if (fault.name !== "AbortError") told.append(html("p", { class: "note" }, say("unexplained"), " ", fault.problem?.detail ?? ""));
  }
}

/** Select what stands at a fault's place in the query. */
function lead(fault) {
  const { from, to } = mark(view, fault);
  view.dispatch({ selection: { anchor: from, head: to }, scrollIntoView: true });
  view.focus();
}

function showFault(fault) {
  if (fault.name === "AbortError") return tell(say("cancelled"));
  if (!(fault instanceof Refused)) return tell(say("unreachable"));
  return showProblem(fault.problem);
}

/** Say why a query was refused, and mark the place. */
function showProblem({ title, detail, hint, line, column }) {
  tell(title);
  if (line) view.dispatch(setDiagnostics(view.state, [mark(view, { line, column, detail, hint })]));
  place.replaceChildren(html("div", { role: "alert", class: "trouble" },
    html("p", {}, html("strong", {}, title)), html("p", {}, detail), hint ? html("p", { class: "hint" }, hint) : null));
}

/** Put a query into the field and run it. */
function take(text) {
  write(view, text);
  view.focus();
  run();
}

function filterExamples() {
  const list = document.getElementById("examples");
  if (!list) return;
  const items = [...list.querySelectorAll("li")];
  const sought = items.map((item) => `${item.textContent} ${item.dataset.keywords ?? ""}`.toLowerCase());
  const box = html("input", { type: "search", "aria-label": say("search-examples"), placeholder: say("search-examples"),
    oninput: () => items.forEach((item, index) => { item.hidden = !sought[index].includes(box.value.trim().toLowerCase()); }) });
  list.before(box);
}

function listPast() {
  const list = document.getElementById("past");
  const held = past.all();
  list.closest("details").hidden = held.length === 0;
  list.replaceChildren(...held.map(({ text, at }) => html("li", {},
    html("button", { type: "button", class: "linklike", onclick: () => take(text) }, headline(text)),
    " ", html("small", { class: "count" }, new Date(at).toLocaleString(document.documentElement.lang)))));
  document.getElementById("forget").onclick = () => { past.forget(); listPast(); };
}

/** The line by which a query is known again: its first comment, or its first words. */
function headline(text) {
  const lines = text.split("\n").map((line) => line.trim()).filter(Boolean);
  const title = lines.find((line) => line.startsWith("#"));
  if (title) return title.replace(/^#\s*/, "");
  return lines.filter((line) => !/^(PREFIX|BASE)\b/i.test(line)).join(" ").slice(0, 90);
}
