// Figures as tiles and tables. A number is always a link to exactly the tickets it counts; no data is “—”.

import { h } from "./dom.js";
import { say } from "./words.js";

const COUNTS = ["received", "open", "overdue", "closed"];
const RATES = ["on_time_handling", "response", "satisfaction"];

/** The API's address of a list as the page that shows it. */
export function desk(url) {
  return "/desk" + url.slice(url.indexOf("?"));
}

export function countTile(name, count) {
  return h("a", { class: "tile is-" + name + (count.value ? "" : " is-zero"), href: desk(count.tickets_url), "data-figure": name },
    h("span", { class: "tile-name" }, count.name), h("span", { class: "tile-value" }, String(count.value)));
}

/** A rate with what it is a share of; both numbers open their tickets. */
export function rateTile(name, rate) {
  return h("div", { class: "tile is-rate", "data-rate": name, title: rate.definition },
    h("span", { class: "tile-name" }, rate.name), h("span", { class: "tile-value" }, share(rate)), h("span", { class: "tile-of" }, parts(rate)));
}

function share(rate) {
  return rate.percent === null ? "—" : rate.percent.toFixed(1) + "%";
}

function parts(rate) {
  return [
    part(rate.numerator, rate.numerator_url, say("figure.numerator", { name: rate.name, n: rate.numerator })),
    " / ",
    part(rate.denominator, rate.denominator_url, say("figure.denominator", { name: rate.name, n: rate.denominator })),
  ];
}

function part(count, url, label) {
  return count ? h("a", { href: desk(url), "aria-label": label }, String(count)) : "0";
}

/** One row a child, category or holder; ``address`` leads down to a child. */
export function breakdownTable(by, title, items, address) {
  const rates = by === "child" ? RATES : [];
  const counts = by === "holder" ? ["open", "overdue", "at_risk"] : COUNTS;
  const head = items[0];
  return h("section", { class: "card" }, h("h2", null, title), items.length ? h("div", { class: "scroll", role: "region", "aria-label": title, tabindex: "0" },
    h("table", null,
      h("thead", null, h("tr", null, h("th", { scope: "col" }, say("board.name." + by)),
        counts.map((name) => h("th", { scope: "col", class: "number-cell" }, head.counts[name].name)),
        rates.map((name) => h("th", { scope: "col", class: "number-cell", title: head.rates[name].definition }, head.rates[name].name)))),
      h("tbody", null, items.map((row) => h("tr", null,
        h("th", { scope: "row" }, address && row.key ? h("a", { href: address(row.key) }, row.name) : row.name),
        counts.map((name) => h("td", { class: "number-cell" }, count(row, name))),
        rates.map((name) => h("td", { class: "number-cell" }, rate(row.rates[name])))))))) : h("p", { class: "empty" }, say("board.nothing")));
}

function count(row, name) {
  const found = row.counts[name];
  if (!found.value) {
    return h("span", { class: "zero" }, "0");
  }
  return h("a", { class: "is-" + name, href: desk(found.tickets_url), "aria-label": row.name + " " + found.name + " " + found.value }, String(found.value));
}

function rate(given) {
  return given.denominator ? [h("strong", null, share(given)), " ", h("span", { class: "fine" }, parts(given))] : "—";
}
