// 吹哨报到: what several units were called to together; a list of what is open, and one with the steps I may take.

import { get } from "./api.js";
import { announce, attend, byId, fill, h } from "./dom.js";
import { stepsPanel } from "./steps.js";
import { moment } from "./times.js";
import { say } from "./words.js";

/** What is open and mine to see; ``me`` as GET /me says. */
export async function whistles(me) {
  const list = h("div", null);
  fill(byId("view-whistles"), h("h1", null, say("whistle.title")), h("p", { class: "hint" }, say("whistle.hint")), list);
  await page(list, Object.assign({ open: "true", limit: 20 }, me.department ? { department: "me" } : {}), null);
}

async function page(list, query, cursor) {
  let answer;
  try {
    answer = await get("/whistles", cursor ? Object.assign({ cursor: cursor }, query) : query);
  } catch (refused) {
    fill(list, h("p", { class: "empty" }, refused.message));
    return;
  }
  answer.items.forEach((item) => list.appendChild(card(item)));
  if (!list.firstChild) {
    fill(list, h("p", { class: "empty" }, say("whistle.none")));
  }
  if (answer.next_cursor) {
    const more = h("button", { type: "button", class: "button wide", onclick: () => {
      more.remove();
      page(list, query, answer.next_cursor);
    } }, say("more"));
    list.appendChild(more);
  }
}

function card(item) {
  return h("article", { class: "card" },
    h("h2", { class: "card-title" }, h("a", { href: "#whistle/" + item.number }, item.kind_name + " · " + item.place)),
    h("p", null, item.asked),
    h("p", { class: "card-facts" }, h("span", { class: "tag" }, item.status_name), h("span", { class: "hint" }, item.number),
      item.escalated_at ? h("span", { class: "tag danger" }, say("whistle.escalated")) : null));
}

/** One whistle; ``changed`` tells the page that something was done. */
export async function showWhistle(number, changed) {
  const view = byId("view-whistle");
  const path = "/whistles/" + encodeURIComponent(number);
  let one;
  let told;
  try {
    [one, told] = await Promise.all([get(path), get(path + "/events")]);
  } catch (refused) {
    fill(view, back(), h("p", { class: "empty" }, refused.status === 404 ? say("whistle.hidden") : refused.message));
    return;
  }
  const said = h("p", { class: "said notice", hidden: true });
  const again = async (text) => {
    await showWhistle(number, changed);
    const place = view.querySelector(".said");
    if (text && place) {
      place.textContent = text;
      place.hidden = false;
      attend(place);
      announce(text);
    }
    changed();
  };
  fill(view, back(), said,
    h("header", { class: "ticket-head" }, h("h1", null, one.kind_name), h("p", { class: "number" }, one.number),
      h("p", { class: "card-facts" }, h("span", { class: "tag" }, one.status_name), one.escalated_at ? h("span", { class: "tag danger" }, say("whistle.escalated")) : null)),
    h("section", { class: "card" }, h("p", null, one.asked), h("dl", { class: "facts" },
      h("dt", null, say("whistle.place")), h("dd", null, one.place),
      one.meet_at ? [h("dt", null, say("whistle.meet_at")), h("dd", null, moment(one.meet_at))] : null,
      h("dt", null, say("whistle.blown_by")), h("dd", null, one.blown_by.role + " " + one.area_name),
      one.ticket ? [h("dt", null, say("whistle.ticket")), h("dd", null, h("a", { href: "#ticket/" + one.ticket }, one.ticket))] : null)),
    h("section", { class: "card" }, h("h2", null, say("whistle.units")), h("ul", { class: "plain" }, one.calls.map(unit))),
    stepsPanel(Object.assign({ path: path }, one), true, again),
    h("section", { class: "card" }, h("h2", null, say("whistle.timeline")), h("ol", { class: "plain" }, told.items.map((event) => h("li", null, moment(event.at) + " " + event.name + (event.data.note ? "：" + event.data.note : ""))))));
}

function unit(call) {
  const late = call.no_show_at && !call.signed_in_at;
  return h("li", null, h("b", null, call.unit_name), call.lead ? " " + say("whistle.lead") : null, " · ",
    h("span", { class: late ? "tag danger" : "tag" }, call.status_name), " ",
    h("span", { class: "hint" }, call.signed_in_at ? moment(call.signed_in_at) : say("whistle.due", { at: moment(call.sign_in_due_at) })));
}

function back() {
  return h("p", null, h("a", { href: "#whistles" }, say("whistle.back")));
}
