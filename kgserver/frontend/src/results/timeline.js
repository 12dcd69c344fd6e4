// Rows with a date, on an axis of time.

import { drawTimeline, limited, period } from "../draw/timeline.js";
import { kinds } from "./answer.js";
import { hrefOf, learn, nameOf } from "./terms.js";

const MOST = 250;
const BEGINS = /^(from|start|begin|earliest)/i;
const ENDS = /^(to|end|until|latest)/i;

/** Show it; a column called `from` and one called `to` make spans. */
export async function show(panel, answer) {
  const columns = columnsOf(answer);
  const iris = answer.rows.flatMap((row) => Object.values(row)).filter((term) => term.type === "uri");
  await learn(iris.slice(0, 4 * MOST).map((term) => term.value));
  const entries = new Map();
  for (const row of answer.rows) {
    const entry = entryOf(row, columns);
    if (entry) entries.set([entry.name, entry.href, entry.from].join("\n"), entry);
  }
  return drawTimeline(panel, limited(panel, [...entries.values()], MOST));
}

function columnsOf(answer) {
  const found = Object.entries(kinds(answer));
  const of = (kind) => found.filter(([, each]) => each === kind).map(([name]) => name);
  const dates = of("date");
  return {
    from: dates.find((name) => BEGINS.test(name)) ?? dates[0],
    to: dates.find((name) => ENDS.test(name)),
    text: of("text")[0],
    link: of("iri")[0],
  };
}

function entryOf(row, { from, to, text, link }) {
  const begins = row[from] && period(row[from].value);
  if (!begins) return null;
  const ends = (to && row[to] && period(row[to].value)) || begins;
  const name = nameOf(row[text] ?? row[link]) || row[from].value;
  const when = ends === begins ? row[from].value : `${row[from].value} – ${row[to].value}`;
  return { name, href: hrefOf(row[link]), from: begins.from, to: Math.max(ends.to, begins.to), note: `${name}\n${when}` };
}
