// The inbox: what I was told, newest first; opening a message marks it as read.

import { get, post } from "./api.js";
import { byId, fill, h } from "./dom.js";
import { moment } from "./times.js";
import { say } from "./words.js";

export function badge(count) {
  document.querySelectorAll("[data-badge]").forEach((place) => {
    place.textContent = count > 99 ? "99+" : String(count);
    place.hidden = count === 0;
    place.setAttribute("aria-label", say("inbox.unread", { n: count }));
  });
}

export async function inbox() {
  const place = byId("view-messages");
  const list = h("ul", { class: "messages" });
  const more = h("div", { class: "more-row" });
  fill(place, h("h1", null, say("inbox.title")), list, more);
  await page(list, more, null);
}

async function page(list, more, cursor) {
  fill(more, h("p", { class: "hint" }, say("loading")));
  let answer;
  try {
    answer = await get("/messages", { limit: 30, cursor: cursor });
  } catch (refused) {
    fill(more, h("p", { class: "field-error" }, refused.message),
      h("button", { type: "button", class: "button", onclick: () => page(list, more, cursor) }, say("retry")));
    return;
  }
  badge(answer.unread);
  answer.items.forEach((item) => list.appendChild(message(item)));
  fill(more, answer.next_cursor
    ? h("button", { type: "button", class: "button wide", onclick: () => page(list, more, answer.next_cursor) }, say("more"))
    : list.firstChild ? null : h("p", { class: "empty" }, say("inbox.empty")));
}

function message(item) {
  return h("li", { class: item.read_at ? null : "unread" }, h("a", {
    href: item.ticket ? "#ticket/" + encodeURIComponent(item.ticket) : "#messages",
    onclick: () => {
      if (!item.read_at) {
        post("/messages/" + item.id + "/read", {}).then(refresh, () => {});
      }
    },
  }, h("span", { class: "message-text" }, item.text), h("span", { class: "hint" }, moment(item.created_at))));
}

/** Ask how many are unread; said in the tab. */
export async function refresh() {
  try {
    badge((await get("/me")).unread);
  } catch (_refused) {
    // the number is a courtesy
  }
}
