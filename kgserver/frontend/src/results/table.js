// Rows to sort, to filter and to read; a page of them at a time.

import { html } from "../dom.js";
import { say } from "../page.js";
import { kinds } from "./answer.js";
import { learn, nameOf, shown } from "./terms.js";
import { patterns, whyCell } from "./why.js";

const SLICE = 100; // rows that a click adds

/** Show the answer as a table; one without rows needs nothing to handle them by. */
export function show(panel, answer) {
  const state = { answer, kinds: kinds(answer), rows: answer.rows, sorted: null, named: false, shown: SLICE };
  state.body = html("tbody");
  state.count = html("p", { class: "count", role: "status" });
  state.more = html("button", { type: "button", class: "quiet", onclick: () => grow(state) }, say("more"));
  state.heads = answer.variables.map((name) => head(state, name));
  state.patterns = patterns(answer);
  const last = state.patterns.length ? [html("th", { scope: "col" }, say("why"))] : [];
  if (answer.rows.length) panel.append(html("div", { class: "doing" }, filterField(state), namesSwitch(state)));
  panel.append(
    state.count,
    html("div", { class: "wide", tabindex: 0, role: "region", "aria-label": say("rows") },
      html("table", {}, html("thead", {}, html("tr", {}, ...state.heads, ...last)), state.body)),
    state.more,
  );
  draw(state);
}

function filterField(state) {
  const field = html("input", { type: "search", "aria-label": say("filter"), placeholder: say("filter"),
    oninput: () => { filter(state, field.value); draw(state); } });
  return field;
}

function namesSwitch(state) {
  const box = html("input", { type: "checkbox", onchange: () => { state.named = box.checked; draw(state); } });
  return html("label", { class: "switch" }, box, " ", say("names"));
}

function head(state, name) {
  if (state.rows.length < 2) return html("th", { scope: "col", "data-kind": state.kinds[name] }, name);
  const button = html("button", { type: "button", class: "sorting", onclick: () => sort(state, name) }, name);
  return html("th", { scope: "col", "data-kind": state.kinds[name] }, button);
}

function filter(state, text) {
  const wanted = text.trim().toLowerCase();
  const holds = (row) => state.answer.variables.some((name) => {
    const term = row[name];
    return term && (term.value.toString().toLowerCase().includes(wanted) || nameOf(term).toLowerCase().includes(wanted));
  });
  state.rows = wanted ? state.answer.rows.filter(holds) : state.answer.rows;
  if (state.sorted) order(state);
  state.shown = SLICE;
}

function sort(state, name) {
  const down = state.sorted?.name === name && !state.sorted.down;
  state.sorted = { name, down };
  order(state);
  state.heads.forEach((cell, index) => {
    const own = state.answer.variables[index] === name;
    if (own) cell.setAttribute("aria-sort", down ? "descending" : "ascending");
    else cell.removeAttribute("aria-sort");
  });
  draw(state);
}

function order(state) {
  const { name, down } = state.sorted;
  const compare = state.kinds[name] === "number"
    ? (a, b) => Number(a.value) - Number(b.value)
    : (a, b) => nameOf(a).localeCompare(nameOf(b), document.documentElement.lang, { numeric: true });
  const rank = (a, b) => (a && b ? compare(a, b) * (down ? -1 : 1) : a ? -1 : b ? 1 : 0);
  state.rows = [...state.rows].sort((a, b) => rank(a[name], b[name]));
}

function grow(state) {
  state.shown += SLICE;
  draw(state);
}

async function draw(state) {
  const rows = state.rows.slice(0, state.shown);
  render(state, rows);
  const iris = rows.flatMap((row) => Object.values(row)).filter((term) => term.type === "uri");
  await learn(iris.map((term) => term.value));
  render(state, state.rows.slice(0, state.shown));
}

function render(state, rows) {
  const { variables } = state.answer;
  state.body.replaceChildren(...rows.map((row) => {
    const cells = variables.map((name) => html("td", { "data-kind": state.kinds[name] }, shown(row[name], state)));
    return html("tr", {}, ...cells, ...whyCell(state, row));
  }));
  const all = state.answer.rows.length;
  const part = { shown: rows.length, count: all };
  state.count.textContent = rows.length === all ? "" : say("part", part);
  state.more.hidden = rows.length >= state.rows.length;
}
