// Places on a map of the world, drawn with borders that come along: no tiles are fetched.

import { geoNaturalEarth1, geoPath } from "d3-geo";
import { feature, mesh } from "topojson-client";
import land from "../../../static/land.topo.json";
import provinces from "../../../static/provinces.topo.json";
import { html, svg } from "../dom.js";
import { say } from "../page.js";
import { surface, unclutter } from "./surface.js";

const MARGIN = 40; // pixels around the places
const ROOM = 6; // degrees around a single place
const shapes = Object.values(provinces.objects)[0];
const INNER = mesh(provinces, shapes, (a, b) => a !== b);
const OUTER = mesh(provinces, shapes, (a, b) => a === b);
const LAND = feature(land, land.objects.land);

/**
 * Draw places `{name, href, at: [longitude, latitude], weight}`, links between places
 * `{from, to, href, name}` and other GeoJSON `shapes` in the element given.
 */
export function drawMap(place, { places, links = [], outlines = [] }) {
  const drawing = surface(place, {
    label: say("places", { count: places.length + outlines.length }),
    height: (width) => Math.round(Math.min(560, Math.max(300, width * 0.5))),
    zoomed: ({ k }) => rescale(drawing, k),
  });
  const path = geoPath(projected(places, links, outlines, drawing));
  drawing.layer.append(
    svg("path", { class: "land", d: path(LAND) }),
    svg("path", { class: "border", d: path(INNER) }),
    svg("path", { class: "border", d: path(OUTER) }),
    ...outlines.map(({ shape }) => svg("path", { class: "outline", d: path(shape) })),
    ...links.map((link) => bond(link, path)),
    ...places.map((each) => spot(each, path.projection())),
  );
  drawing.spots = [...drawing.layer.querySelectorAll(".place")];
  rescale(drawing, 1);
  place.append(html("p", { class: "note" }, say("borders")));
  return drawing;
}

/** A projection turned to the middle of what is shown, and fitted to it. */
function projected(places, links, outlines, { width, height }) {
  const points = [...places.map(({ at }) => at), ...links.flatMap(({ from, to }) => [from, to])];
  const seen = points.length ? points : [[-20, 60], [140, -10]];
  const around = seen.length > 1 && spread(seen) > 1 ? seen : seen.flatMap(([x, y]) => [[x - ROOM, y - ROOM], [x + ROOM, y + ROOM]]);
  const east = around.map(([x]) => x);
  const middle = (Math.min(...east) + Math.max(...east)) / 2;
  const extent = { type: "GeometryCollection", geometries: [
    { type: "MultiPoint", coordinates: around },
    ...outlines.map(({ shape }) => shape),
  ] };
  return geoNaturalEarth1().rotate([-middle, 0])
    .fitExtent([[MARGIN, MARGIN], [width - 2 * MARGIN, height - MARGIN]], extent);
}

function spread(points) {
  const range = (index) => Math.max(...points.map((p) => p[index])) - Math.min(...points.map((p) => p[index]));
  return Math.max(range(0), range(1));
}

function bond({ from, to, name, href }, path) {
  const line = svg("path", { class: "bond", d: path({ type: "LineString", coordinates: [from, to] }) },
    svg("title", {}, name ?? ""));
  return href ? svg("a", { href, "aria-label": name }, line) : line;
}

/** A dot and its name; both keep their size while the map grows. */
function spot({ name, href, at, weight = 1, note }, projection) {
  const [x, y] = projection(at);
  const dot = svg("circle", { class: "spot", r: Math.min(12, 3 + Math.sqrt(weight)) });
  const text = svg("text", { class: "halo", x: 7, y: 4 }, name);
  const parts = [dot, text, svg("title", {}, note ?? name)];
  const inner = href ? svg("a", { href }, ...parts) : svg("g", {}, ...parts);
  return svg("g", { class: "place", "data-x": x, "data-y": y }, inner);
}

function rescale({ spots, layer }, scale) {
  for (const each of spots ?? []) {
    each.setAttribute("transform", `translate(${each.dataset.x},${each.dataset.y}) scale(${1 / scale})`);
  }
  for (const line of layer.querySelectorAll(".bond, .border, .land, .outline")) line.style.strokeWidth = `${1 / scale}px`;
  unclutter((spots ?? []).map((each) => each.querySelector("text")), scale);
}
