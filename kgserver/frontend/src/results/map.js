// Rows with a place, on a map: well-known text, or columns of latitude and longitude.

import { drawMap } from "../draw/map.js";
import { readWkt } from "../draw/wkt.js";
import { html } from "../dom.js";
import { say } from "../page.js";
import { coordinates, kindOf, kinds } from "./answer.js";
import { hrefOf, learn, nameOf } from "./terms.js";

const MOST = 1000;

/** Show it; rows at the same place share one dot. */
export async function show(panel, answer) {
  const rows = answer.rows.slice(0, MOST);
  await learn(rows.flatMap((row) => Object.values(row)).filter((term) => term.type === "uri").map((term) => term.value));
  const located = rows.map((row) => ({ row, shape: shapeOf(answer, row) })).filter(({ shape }) => shape);
  const naming = namingColumns(answer);
  const places = grouped(located.filter(({ shape }) => shape.type === "Point"), naming);
  const outlines = located.filter(({ shape }) => shape.type !== "Point");
  if (!places.length && !outlines.length) return void panel.append(html("p", { class: "note" }, say("nowhere")));
  if (answer.rows.length > MOST) panel.append(html("p", { class: "note" }, say("first", { shown: MOST, count: answer.rows.length })));
  return drawMap(panel, { places, outlines });
}

function shapeOf(answer, row) {
  const place = Object.values(row).find((term) => kindOf(term) === "place");
  if (place) return readWkt(place.value);
  const columns = coordinates(answer);
  const at = columns && [row[columns.longitude], row[columns.latitude]].map((term) => Number(term?.value));
  return at?.every(Number.isFinite) ? { type: "Point", coordinates: at } : null;
}

/** The column that names a place, and the one that it is linked by. */
function namingColumns(answer) {
  const found = Object.entries(kinds(answer));
  const links = found.filter(([, kind]) => kind === "iri").map(([name]) => name);
  const texts = found.filter(([, kind]) => kind === "text").map(([name]) => name);
  return { link: links.at(-1), text: texts[0] ?? links.at(-1) };
}

function grouped(located, { link, text }) {
  const spots = new Map();
  for (const { row, shape } of located) {
    const key = shape.coordinates.join();
    const spot = spots.get(key) ?? { at: shape.coordinates, names: new Set(), href: hrefOf(row[link]), weight: 0 };
    spot.names.add(nameOf(row[text]));
    spot.weight += 1;
    spots.set(key, spot);
  }
  return [...spots.values()].map(({ names, ...spot }) => {
    const all = [...names].filter(Boolean);
    return { ...spot, name: all.length > 2 ? `${all[0]} +${all.length - 1}` : all.join(", "), note: all.join("\n") };
  });
}
