// Lists of tickets as cards, page by page.

import { get } from "./api.js";
import { fill, h } from "./dom.js";
import { left, moment, until } from "./times.js";
import { say } from "./words.js";

const ENDED = ["closed", "not_accepted", "voided", "merged", "withdrawn"];
export const ended = (status) => ENDED.indexOf(status) >= 0;

/** The three words for how pressing it is: overdue, at_risk, calm; solved ones wait for somebody's check. */
export function urgency(item) {
  if (ended(item.status)) {
    return "over";
  }
  return item.overdue ? "overdue" : item.at_risk ? "at_risk" : "calm";
}

/**
 * Show a list in ``place``: ``path`` and ``query`` of the API, ``empty`` words, ``staff`` for the lead's view, ``mine``: all are held by me;
 * ``counted`` hears how many are loaded and whether there are more.
 */
export async function ticketList(place, options) {
  const list = h("ul", { class: "tickets" });
  const foot = h("div", { class: "more-row", "aria-live": "polite" });
  fill(place, list, foot);
  let loaded = 0;
  await next(null);

  async function next(cursor) {
    fill(foot, h("p", { class: "hint" }, say("loading")));
    let answer;
    try {
      answer = await get(options.path, Object.assign({ limit: 30 }, options.query, { cursor: cursor }));
    } catch (refused) {
      const texts = Object.keys(refused.fields || {}).map((name) => refused.fields[name]);
      fill(foot, h("p", { class: "field-error" }, texts[0] || refused.message),
        h("button", { type: "button", class: "button", onclick: () => next(cursor) }, say("retry")));
      return;
    }
    answer.items.forEach((item) => list.appendChild(h("li", null, card(item, options.staff, options.mine))));
    loaded += answer.items.length;
    fill(foot, answer.next_cursor
      ? h("button", { type: "button", class: "button wide", onclick: () => next(answer.next_cursor) }, say("more"))
      : loaded ? null : h("p", { class: "empty" }, options.empty));
    if (options.counted) {
      options.counted(loaded, Boolean(answer.next_cursor));
    }
  }
}

function card(item, staff, mine) {
  const pressing = urgency(item);
  return h("a", { class: "ticket-card is-" + pressing, href: "#ticket/" + encodeURIComponent(item.number), "data-number": item.number },
    item.thumbnail_url ? h("img", { class: "thumb", src: item.thumbnail_url, alt: "", loading: "lazy" }) : h("span", { class: "thumb no-photo", "aria-hidden": "true" }),
    h("span", { class: "card-body" },
      h("span", { class: "card-title" }, item.category.name, item.severity === 4 && !ended(item.status) ? h("span", { class: "tag danger" }, say("severity.4")) : null),
      item.text ? h("span", { class: "card-text" }, item.text) : null,
      h("span", { class: "hint" }, item.address || item.area_name),
      h("span", { class: "card-facts" }, facts(item, pressing, staff, mine))));
}

function facts(item, pressing, staff, mine) {
  const found = [h("span", { class: "tag" }, item.status_name)];
  if (pressing === "over") {
    found.push(h("span", { class: "hint" }, moment(item.received_at)));
  } else if (item.due_at && item.status !== "feedback") {
    const mark = { overdue: "tag danger", at_risk: "tag risk", calm: "due" }[pressing];
    found.push(h("span", { class: mark }, staff ? left(item.due_at) : until(item.due_at)));
  }
  if (item.holder && !ended(item.status) && !mine) {
    found.push(h("span", { class: "hint" }, say("held_by", { role: item.holder.role })));
  }
  if (item.joins) {
    found.push(h("span", { class: "hint" }, say("joins", { n: item.joins + 1 })));
  }
  if (item.joined) {
    found.push(h("span", { class: "hint" }, say("joined_mark")));
  }
  if (item.may_rate) {
    found.push(h("span", { class: "tag invite" }, say("may_rate")));
  }
  return found;
}
