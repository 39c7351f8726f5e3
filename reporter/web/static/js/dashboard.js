// The street's page: figures of an area and a period, each a link to exactly the tickets it counts.

import { get, search } from "./api.js";
import { dayBars } from "./bars.js";
import { announce, byId, fill, h } from "./dom.js";
import { breakdownTable, countTile, rateTile } from "./figures.js";
import { mayWatch, start } from "./session.js";
import { hourMinute, localDate } from "./times.js";
import { say } from "./words.js";

const REFRESH_MS = 60000;
const TILES = ["received", "open", "overdue", "at_risk", "closed", "closed_at_once"];
const RATES = ["on_time_handling", "response", "closing", "satisfaction", "rated_share", "rework"];
const PERIODS = [1, 7, 30];
let shown = ""; // what is on the screen, to leave it alone while nothing changed
let latest = 0;

start(byId("view-dashboard"), mayWatch).then(() => {
  frame();
  load();
  window.setInterval(() => {
    if (!document.hidden) {
      load();
    }
  }, REFRESH_MS);
  window.addEventListener("popstate", load);
});

function query() {
  const asked = new URLSearchParams(location.search);
  return { area: asked.get("area"), from: asked.get("from"), to: asked.get("to") };
}

function turnTo(changes) {
  history.pushState(null, "", "/dashboard" + search(Object.assign(query(), changes)));
  load();
}

function frame() {
  const from = h("input", { type: "date", id: "from", onchange: () => from.value && turnTo({ from: from.value }) });
  const to = h("input", { type: "date", id: "to", onchange: () => to.value && turnTo({ to: to.value }) });
  fill(byId("view-dashboard"),
    h("div", { class: "board-head" },
      h("div", null, h("nav", { id: "path", "aria-label": say("board.path") }), h("h1", { id: "area-name" }, say("loading"))),
      h("form", { class: "period", onsubmit: (event) => event.preventDefault() },
        h("div", { class: "field" }, h("label", { htmlFor: "from" }, say("board.from")), from),
        h("div", { class: "field" }, h("label", { htmlFor: "to" }, say("board.to")), to),
        h("div", { class: "period-quick" }, PERIODS.map((days) => h("button", { type: "button", class: "button", onclick: () => turnTo(lastDays(days)) }, say("board.days." + days)))))),
    h("p", { id: "counted", class: "hint" }),
    h("div", { id: "figures" }));
}

function lastDays(days) {
  const now = new Date();
  return { from: localDate(new Date(now.getTime() - (days - 1) * 86400000)), to: localDate(now) };
}

async function load() {
  latest += 1;
  const mine = latest;
  const asked = query();
  let answers;
  try {
    answers = await Promise.all([
      get("/dashboard/summary", asked),
      ...["child", "day", "category", "holder"].map((by) => get("/dashboard/breakdown", Object.assign({ by: by }, asked))),
    ]);
  } catch (refused) {
    if (mine === latest) {
      failed(refused);
    }
    return;
  }
  if (mine === latest) {
    draw(answers[0], answers.slice(1));
  }
}

function failed(refused) {
  const texts = Object.keys(refused.fields || {}).map((name) => refused.fields[name]);
  const counted = byId("counted");
  fill(counted, h("span", { class: "tag risk" }, say(shown ? "board.stale" : "board.failed")), " ", texts[0] || refused.message);
  if (refused.status) {
    byId("area-name").textContent = say("board.failed");
    fill(byId("figures"));
    shown = "";
  }
  announce(counted.textContent);
}

function draw(summary, breakdowns) {
  byId("from").value = summary.from;
  byId("to").value = summary.to;
  fill(byId("counted"), say("board.counted", { time: hourMinute(summary.at) }), summary.synthetic ? " · " + say("synthetic") : null);
  const fresh = JSON.stringify([summary.area, summary.from, summary.to, summary.counts, summary.rates, breakdowns]);
  if (fresh === shown) {
    return; // a reader's place and focus stay where they are
  }
  shown = fresh;
  document.title = say("board.title", { area: summary.area_name });
  byId("area-name").textContent = summary.area_name;
  const address = (code) => "/dashboard" + search({ area: code, from: query().from, to: query().to });
  const above = summary.path.filter((step) => step.code !== summary.area);
  byId("path").hidden = above.length === 0;
  fill(byId("path"), h("ol", null, above.map((step) => h("li", null, h("a", { href: address(step.code) }, step.name)))));
  const [children, days, kinds, holders] = breakdowns;
  fill(byId("figures"),
    h("section", { "aria-label": say("board.counts") }, h("ul", { class: "tiles" }, TILES.map((name) => h("li", null, countTile(name, summary.counts[name]))))),
    h("section", { "aria-label": say("board.rates") }, h("ul", { class: "tiles" }, RATES.map((name) => h("li", null, rateTile(name, summary.rates[name])))),
      h("details", { class: "more" }, h("summary", null, say("board.definitions")), h("dl", { class: "facts" }, RATES.map((name) =>
        [h("dt", null, summary.rates[name].name), h("dd", null, summary.rates[name].definition)])))),
    children.items.length ? breakdownTable("child", say("board.by_child"), children.items, address) : null,
    h("section", { class: "card" }, h("h2", null, say("board.by_day")), dayBars(days.items)),
    h("div", { class: "board-pair" },
      breakdownTable("category", say("board.by_category"), kinds.items, null),
      breakdownTable("holder", say("board.by_holder"), holders.items, null)));
}
