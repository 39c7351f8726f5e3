// The lead's and the department's page: what is mine now, all in my area, messages, and lists that a figure links to.

import { get } from "./api.js";
import { announce, byId, fill, freshId, h } from "./dom.js";
import { badge, inbox, refresh } from "./inbox.js";
import { mayWork, roleOf, start } from "./session.js";
import { tabs } from "./tabs.js";
import { showTicket } from "./ticket.js";
import { ticketList } from "./tickets.js";
import { day } from "./times.js";
import { showWhistle, whistles } from "./whistles.js";
import { page, say, sayOr } from "./words.js";

const FILTERS = ["area", "figure", "from", "to", "category", "holder", "directly", "status", "overdue", "severity", "q", "created_from", "created_to"];
const asked = new URLSearchParams(location.search);
const linked = {};
FILTERS.forEach((name) => {
  if (asked.get(name)) {
    linked[name] = asked.get(name);
  }
});
const isLinked = Object.keys(linked).length > 0;

start(byId("view-start"), mayWork).then((me) => {
  fill(byId("view-start"));
  byId("tabs").hidden = false;
  badge(me.unread);
  const views = {
    mine: () => mine(me),
    all: all,
    whistles: () => whistles(me),
    whistle: (number) => showWhistle(number, refresh),
    messages: inbox,
    ticket: (number) => showTicket(byId("view-ticket"), number, { back: isLinked ? "#linked" : "#mine", staff: true, changed: refresh }),
  };
  tabs(isLinked ? Object.assign({ linked: showLinked }, views) : views);
});

function counter() {
  const place = h("p", { class: "hint count", role: "status" });
  return {
    node: place,
    say: (loaded, more) => {
      place.textContent = say(more ? "list.count_more" : "list.count", { n: loaded });
    },
  };
}

function mine(me) {
  const list = h("div", null);
  const count = counter();
  const held = Boolean(me.seats.length || me.department);
  fill(byId("view-mine"), h("h1", null, say("desk.mine")), h("p", { class: "hint" }, say(held ? "desk.mine_hint" : "desk.no_seat", { role: roleOf(me) })), count.node, list);
  return held ? ticketList(list, {
    path: "/tickets", query: { holder: "me", status: "open", sort: "due_at" }, empty: say("desk.nothing"), staff: true, mine: true, counted: count.say,
  }) : null;
}

function all() {
  const view = byId("view-all");
  if (view.firstChild) {
    return null; // coming back from a ticket keeps the filters
  }
  const list = h("div", null);
  const count = counter();
  const status = select("status", [["open", say("filter.open")], ["ended", say("filter.ended")], ["", say("filter.any")]].concat(
    Object.keys(page.statuses).map((name) => [name, page.statuses[name]])));
  const sort = select("sort", [["due_at", say("sort.due_at")], ["-received_at", say("sort.received_at")], ["-severity", say("sort.severity")]]);
  const words = h("input", { id: freshId("q"), type: "search", maxlength: "60", enterkeyhint: "search" });
  const overdue = h("input", { id: freshId("overdue"), type: "checkbox" });
  const load = () => ticketList(list, {
    path: "/tickets", staff: true, empty: say("list.empty"), counted: count.say,
    query: { status: status.value, sort: sort.value, q: words.value.trim(), overdue: overdue.checked ? "true" : null },
  });
  [status, sort, overdue].forEach((input) => input.addEventListener("change", load));
  fill(view, h("h1", null, say("desk.all")), h("form", {
    class: "filters", role: "search", onsubmit: (event) => {
      event.preventDefault();
      load();
    },
  },
  h("div", { class: "field" }, h("label", { htmlFor: status.id }, say("filter.status")), status),
  h("div", { class: "field" }, h("label", { htmlFor: sort.id }, say("filter.sort")), sort),
  h("div", { class: "field grow" }, h("label", { htmlFor: words.id }, say("filter.q")), h("span", { class: "joined-input" }, words, h("button", { type: "submit", class: "button" }, say("filter.search")))),
  h("p", { class: "check" }, overdue, h("label", { htmlFor: overdue.id }, say("filter.overdue")))), count.node, list);
  return load();
}

function select(name, options) {
  return h("select", { id: freshId(name), name: name }, options.map((option) => h("option", { value: option[0] }, option[1])));
}

/** The tickets that a figure counts: what it is, how many, and the way back to all. */
async function showLinked() {
  const view = byId("view-linked");
  if (view.firstChild) {
    return;
  }
  const list = h("div", null);
  const count = counter();
  const title = h("h1", null, heading(null, null));
  fill(view, title, count.node, h("p", null, h("a", { href: "/desk" }, say("linked.leave"))), list);
  const names = area();
  await ticketList(list, {
    path: "/tickets", query: Object.assign({ sort: "due_at" }, linked), staff: true, empty: say("list.empty"), counted: count.say,
  });
  const first = list.querySelector(".card-title");
  fill(title, heading(await names, linked.category && first ? first.firstChild.textContent : null));
  document.title = title.textContent;
  announce(title.textContent + " " + count.node.textContent);
}

function heading(areaName, categoryName) {
  const parts = [
    areaName || linked.area, linked.directly ? say("linked.directly") : null,
    linked.category ? categoryName || linked.category : null,
    linked.figure ? page.figures[linked.figure] : null,
    linked.status ? linked.status.split(",").map((name) => page.statuses[name] || sayOr("filter." + name, name)).join("、") : null,
    linked.overdue === "true" ? say("filter.overdue") : null,
    linked.holder ? say("linked.holder", { who: linked.holder === "me" ? say("linked.me") : linked.holder.replace(/^\w+:/, "") }) : null,
    linked.severity ? sayOr("severity." + linked.severity, linked.severity) : null,
    linked.q ? "“" + linked.q + "”" : null,
    linked.from || linked.to ? [linked.from, linked.to].map((date) => (date ? day(date) : "")).join("–") : null,
  ];
  return parts.filter(Boolean).join(" · ");
}

/** What the area is called; its code if that cannot be asked. */
async function area() {
  if (!linked.area) {
    return null;
  }
  try {
    return (await get("/dashboard/summary", { area: linked.area, from: linked.from, to: linked.to })).area_name;
  } catch (_refused) {
    return linked.area;
  }
}
