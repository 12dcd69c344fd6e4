// Things and the links between them, laid out by forces; every node is a real link.

import { drag } from "d3-drag";
import { forceCollide, forceLink, forceManyBody, forceSimulation, forceX, forceY } from "d3-force";
import { select } from "d3-selection";
import { svg } from "../dom.js";
import { say } from "../page.js";
import { surface } from "./surface.js";

const SIDE = 24; // pixels around all nodes
const NAME = 90; // and for the name of the last
const MOST = 2.2; // how much a small network is spread
const TICKS = 300; // steps until the forces rest, done at once: nothing moves by itself

/**
 * Draw `nodes` `{id, name, href}` and `links` `{source, target, name}` (ids) in the
 * element given. `expand(id)`, where given, fetches `{nodes, links}` around a node.
 */
export function drawGraph(place, { nodes, links, expand = null, here = null }) {
  const drawing = surface(place, {
    label: say("network", { nodes: nodes.length, links: links.length }),
    height: (width) => Math.round(Math.min(640, Math.max(360, width * 0.6))),
    most: 8,
  });
  const state = { ...drawing, nodes: new Map(), links: new Map(), expand, here };
  state.edges = svg("g", { class: "edges" });
  state.points = svg("g", { class: "points" });
  drawing.layer.append(state.edges, state.points);
  add(state, { nodes, links });
  return state;
}

/** Take in what is new, and lay out anew from where things stand. */
function add(state, { nodes, links }) {
  const [x, y] = [state.width / 2, state.height / 2];
  for (const node of nodes) {
    if (!state.nodes.has(node.id)) state.nodes.set(node.id, { x, y, ...node });
  }
  for (const link of links) {
    const key = `${link.source}\n${link.target}`;
    const held = state.links.get(key);
    if (held && !held.names.includes(link.name)) held.names.push(link.name);
    else if (!held && state.nodes.has(link.source) && state.nodes.has(link.target)) {
      state.links.set(key, { source: link.source, target: link.target, names: [link.name].filter(Boolean) });
    }
  }
  settle(state);
  draw(state);
}

function settle(state) {
  const nodes = [...state.nodes.values()];
  const [x, y] = [state.width / 2, state.height / 2];
  const narrow = state.width < 600;
  state.simulation?.stop();
  state.simulation = forceSimulation(nodes)
    .force("link", forceLink([...state.links.values()]).id(({ id }) => id).distance(narrow ? 60 : 90))
    .force("charge", forceManyBody().strength(narrow ? -160 : -320))
    .force("x", forceX(x).strength(0.06))
    .force("y", forceY(y).strength(0.11))
    .force("collide", forceCollide(18))
    .stop();
  state.simulation.tick(TICKS);
  fit(nodes, state);
}

/** Spread the nodes over the paper, with room for the names behind the last ones. */
function fit(nodes, { width, height }) {
  const range = (key) => [Math.min(...nodes.map((n) => n[key])), Math.max(...nodes.map((n) => n[key]))];
  const [[left, right], [top, bottom]] = [range("x"), range("y")];
  const scale = Math.min(MOST, (width - 2 * SIDE - NAME) / (right - left || 1), (height - 2 * SIDE) / (bottom - top || 1));
  for (const node of nodes) {
    node.x = (width - NAME) / 2 + (node.x - (left + right) / 2) * scale;
    node.y = height / 2 + (node.y - (top + bottom) / 2) * scale;
  }
}

function draw(state) {
  state.edges.replaceChildren(...[...state.links.values()].map((link) => {
    link.line = svg("line", { class: "edge" }, svg("title", {}, link.names.join(", ")));
    return link.line;
  }));
  state.points.replaceChildren(...[...state.nodes.values()].map((node) => point(state, node)));
  select(state.points).selectAll("g.node").data([...state.nodes.values()]).call(dragging(state));
  put(state);
}

function point(state, node) {
  const dot = svg("circle", { class: node.id === state.here ? "here" : "spot", r: 6 });
  const text = svg("text", { class: "halo", x: 9, y: 4, lang: node.language }, node.name);
  const inner = node.href ? svg("a", { href: node.href }, dot, text) : svg("g", {}, dot, text);
  node.group = svg("g", { class: "node" }, inner);
  if (state.expand && node.href && !node.expanded) node.group.append(opener(state, node));
  return node.group;
}

/** The small plus below a node that fetches what is around it. */
function opener(state, node) {
  const act = async () => {
    node.expanded = true;
    add(state, await state.expand(node.id));
  };
  return svg("g", { class: "opener", role: "button", tabindex: 0, transform: "translate(0,15)",
    "aria-label": say("expand", { name: node.name }), onclick: act,
    onkeydown: (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); act(); } } },
    svg("circle", { r: 5.5 }), svg("path", { d: "M-3 0H3M0 -3V3" }));
}

function dragging(state) {
  return drag().clickDistance(4)
    .on("drag", (event, node) => { node.x = event.x; node.y = event.y; put(state); });
}

function put(state) {
  for (const { line, source, target } of state.links.values()) {
    line.setAttribute("x1", source.x);
    line.setAttribute("y1", source.y);
    line.setAttribute("x2", target.x);
    line.setAttribute("y2", target.y);
  }
  for (const { group, x, y } of state.nodes.values()) group.setAttribute("transform", `translate(${x},${y})`);
}
