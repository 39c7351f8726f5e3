// How much came in and was closed day by day, as bars; the same numbers stand below as a table.

import { h, svg } from "./dom.js";
import { desk } from "./figures.js";
import { day } from "./times.js";
import { say } from "./words.js";

const WIDTH = 1200; // at least; the drawing is scaled to the page
const LEAST_STEP = 20;
const HEIGHT = 160;
const FOOT = 28;
const LABELS = 8; // dates under the bars, at most
const NAMES = ["received", "closed"];

/** items: the rows of a breakdown by day. */
export function dayBars(items) {
  if (!items.length) {
    return h("p", { class: "empty" }, say("board.nothing"));
  }
  const most = Math.max(1, ...items.map((row) => Math.max(row.counts.received.value, row.counts.closed.value)));
  const every = Math.ceil(items.length / LABELS);
  const step = Math.max(LEAST_STEP, WIDTH / items.length);
  const thick = Math.min(36, (step - 6) / 2);
  const bars = items.map((row, index) => {
    const middle = (index + 0.5) * step;
    const drawn = NAMES.map((name, place) => bar(row, name, middle - thick + place * thick, thick - 1, most));
    const label = index % every ? null : svg("text", { x: middle, y: HEIGHT + FOOT - 7, class: "bar-label" }, row.key.slice(5).replace("-", "/"));
    return [drawn, label];
  });
  return [
    h("p", { class: "legend" }, NAMES.map((name) => h("span", { class: "legend-" + name }, items[0].counts[name].name)), h("span", { class: "hint" }, say("board.most", { n: most }))),
    h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": say("board.by_day") },
      svg("svg", { viewBox: "0 0 " + step * items.length + " " + (HEIGHT + FOOT), class: "bars" + (items.length > 45 ? " is-long" : "") },
        svg("line", { x1: 0, x2: step * items.length, y1: HEIGHT, y2: HEIGHT, class: "axis" }), bars)),
    h("details", { class: "more" }, h("summary", null, say("board.as_table")), table(items)),
  ];
}

function bar(row, name, x, thick, most) {
  const found = row.counts[name];
  if (!found.value) {
    return null;
  }
  const height = Math.max(2, (HEIGHT - 8) * found.value / most);
  const text = day(row.key) + " " + found.name + " " + found.value;
  return svg("a", { href: desk(found.tickets_url), "aria-label": text },
    svg("title", null, text), svg("rect", { x: x, y: HEIGHT - height, width: thick, height: height, class: "bar-" + name }));
}

function table(items) {
  return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": say("board.as_table") }, h("table", null,
    h("thead", null, h("tr", null, h("th", { scope: "col" }, say("board.name.day")), NAMES.map((name) => h("th", { scope: "col", class: "number-cell" }, items[0].counts[name].name)))),
    h("tbody", null, items.map((row) => h("tr", null, h("th", { scope: "row" }, day(row.key)), NAMES.map((name) => h("td", { class: "number-cell" },
      row.counts[name].value ? h("a", { href: desk(row.counts[name].tickets_url) }, String(row.counts[name].value)) : h("span", { class: "zero" }, "0"))))))));
}
