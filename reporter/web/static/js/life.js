// A life as a picture: open states in a row, ends below, an arc for every way that leads on; made for any procedure.

import { announce, fill, freshId, h, svg } from "./dom.js";
import { say } from "./words.js";

const COLUMN = 132;
const BOX = { width: 108, height: 40 };
const ARC = 30; // how much further an arc bows out for each column that it spans
const GAP = 60; // between the lowest arc and the row of ends

/** life: what GET /lifecycle answers for one procedure. */
export function drawing(life) {
  const arcs = ways(life);
  const place = places(life, arcs);
  const told = h("div", { class: "life-steps" });
  const tip = freshId("life-tip");
  const picture = svg("svg", { viewBox: [0, 0, place.width, place.height].join(" "), width: place.width, height: place.height, class: "life", role: "img", "aria-label": say("docs.drawing") },
    svg("defs", null, svg("marker", { id: tip, class: "life-tip", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 10, markerHeight: 10, markerUnits: "userSpaceOnUse", orient: "auto" }, svg("path", { d: "M0 0 8 4 0 8z" }))),
    arcs.map((arc) => arc.drawn = svg("path", { d: path(place, arc), class: "life-way", "marker-end": "url(#" + tip + ")" })),
    life.statuses.map((status) => box(place, status)));
  const chosen = h("div", { class: "life-states", role: "group", "aria-label": say("docs.choose") },
    life.statuses.map((status) => h("button", { type: "button", class: "chip-button", "aria-pressed": "false", onclick: (event) => choose(status, event.currentTarget) }, status.name)));

  function choose(status, button) {
    chosen.querySelectorAll("button").forEach((one) => one.setAttribute("aria-pressed", String(one === button)));
    arcs.forEach((arc) => arc.drawn.setAttribute("class", "life-way" + (arc.from === status.status ? " is-chosen" : "")));
    const steps = arcs.filter((arc) => arc.from === status.status);
    fill(told, h("h3", null, status.name, " ", h("code", null, status.status)),
      steps.length ? h("ul", null, steps.map((arc) => h("li", null, arc.names.join("、"), " → ", h("b", null, place.names[arc.to])))) : h("p", { class: "hint" }, say("docs.no_way")));
    announce(status.name + ": " + steps.map((arc) => arc.names.join("、") + " → " + place.names[arc.to]).join("; "));
  }

  return [chosen, told, h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": say("docs.drawing") }, picture)];
}

/** One arc for all steps between the same two states; steps that leave the state as it is are in the table only. */
function ways(life) {
  const found = {};
  life.moves.filter((move) => move.to).forEach((move) => move.from.filter((from) => from !== move.to).forEach((from) => {
    const key = from + " " + move.to;
    found[key] = found[key] || { from: from, to: move.to, names: [] };
    if (found[key].names.indexOf(move.name) < 0) {
      found[key].names.push(move.name);
    }
  }));
  return Object.keys(found).map((key) => found[key]);
}

function places(life, arcs) {
  const at = {};
  const names = {};
  const rows = [life.statuses.filter((one) => !one.ended), life.statuses.filter((one) => one.ended)];
  const columns = Math.max(rows[0].length, rows[1].length);
  rows.forEach((row, line) => row.forEach((status, index) => {
    at[status.status] = { column: index + (columns - row.length) / 2, line: line };
    names[status.status] = status.name;
  }));
  const widest = Math.max(0, ...arcs.filter((arc) => at[arc.from].line === 0 && at[arc.to].line === 0).map((arc) => Math.abs(at[arc.from].column - at[arc.to].column)));
  const reach = 0.75 * bowOf(widest) + BOX.height / 2 + 4; // a curve rises to three quarters of its handles
  return { at: at, names: names, first: reach, width: COLUMN * columns, height: 2 * reach + GAP + BOX.height / 2 };
}

function bowOf(columns) {
  return BOX.height / 2 + ARC * columns;
}

function centre(place, status) {
  const at = place.at[status];
  return { x: (at.column + 0.5) * COLUMN, y: at.line ? place.height - BOX.height / 2 - 2 : place.first };
}

function box(place, status) {
  const middle = centre(place, status.status);
  return svg("g", { class: status.ended ? "life-end" : "life-open" },
    svg("rect", { x: middle.x - BOX.width / 2, y: middle.y - BOX.height / 2, width: BOX.width, height: BOX.height, rx: 8 }),
    svg("text", { x: middle.x, y: middle.y + 5 }, status.name));
}

/** Forward above the row, back below it; to an end straight down, and back from one straight up. */
function path(place, arc) {
  const from = centre(place, arc.from);
  const to = centre(place, arc.to);
  const half = BOX.height / 2;
  if (place.at[arc.from].line === place.at[arc.to].line) {
    const up = to.x > from.x ? -1 : 1;
    const bow = up * bowOf(Math.abs(to.x - from.x) / COLUMN);
    return ["M", from.x + up * -10, from.y + up * half, "C", from.x, from.y + up * half + bow, to.x, to.y + up * half + bow, to.x + up * 10, to.y + up * half].join(" ");
  }
  const down = to.y > from.y ? 1 : -1;
  const lean = (to.x - from.x) / 4;
  return ["M", from.x, from.y + down * half, "C", from.x + lean, from.y + down * (half + 50), to.x - lean, to.y - down * (half + 50), to.x, to.y - down * half].join(" ");
}
