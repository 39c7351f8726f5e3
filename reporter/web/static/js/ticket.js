// One ticket: where it stands, what was told, who had it and why, what happened; below it what I may do.

import { get } from "./api.js";
import { announce, attend, fill, h } from "./dom.js";
import { gallery, processing } from "./photos.js";
import { ratingForm } from "./rating.js";
import { stepsPanel } from "./steps.js";
import { emergencyBox } from "./suggestion.js";
import { ended } from "./tickets.js";
import { left, limit, moment, span, until } from "./times.js";
import { say, sayOr } from "./words.js";

const RETRIES_MS = [1500, 3000, 5000, 10000]; // for photos that are still being processed
const SENDS_ON = ["accepted", "dispatched", "solved", "verification_failed", "escalated", "returned", "reopened", "climbed"];
const CLOCK_TAGS = { overdue: "tag danger", at_risk: "tag risk" };

/** Show a ticket in ``place``; ``staff`` also sees clocks, hops and names. ``back`` is where the list is. */
export async function showTicket(place, number, options) {
  if (place.getAttribute("data-number") !== number) {
    fill(place, h("p", { class: "hint" }, say("loading")));
  }
  place.setAttribute("data-number", number);
  const path = "/tickets/" + encodeURIComponent(number);
  let ticket;
  let events;
  try {
    [ticket, events] = await Promise.all([get(path), get(path + "/events")]);
  } catch (refused) {
    fill(place, backLink(options), h("p", { class: "empty" }, refused.status === 404 ? say("ticket.hidden") : refused.message),
      refused.status ? null : h("button", { type: "button", class: "button", onclick: () => showTicket(place, number, options) }, say("retry")));
    return;
  }
  if (place.getAttribute("data-number") !== number) {
    return; // the reader went on meanwhile
  }
  draw(place, ticket, events.items, options);
  await waitForPhotos(place, ticket, options, 0);
}

function draw(place, ticket, events, options) {
  const changed = async (text) => {
    await showTicket(place, ticket.number, options);
    const said = place.querySelector(".said");
    if (text && said) {
      said.textContent = text;
      said.hidden = false;
      attend(said);
      announce(text);
    }
    if (options.changed) {
      options.changed();
    }
  };
  const before = [].concat.apply([], ticket.reports.map((report) => report.photos));
  fill(place,
    backLink(options),
    h("p", { class: "said notice", hidden: true }),
    h("header", { class: "ticket-head" },
      h("h1", null, ticket.category.name),
      h("p", { class: "number" }, ticket.number),
      h("p", { class: "card-facts" }, h("span", { class: "tag" }, ticket.status_name),
        ticket.severity === 4 && !ended(ticket.status) ? h("span", { class: "tag danger" }, say("severity.4")) : null,
        ticket.joins ? h("span", { class: "hint" }, say("joins", { n: ticket.joins + 1 })) : null,
        ticket.reworks ? h("span", { class: "hint" }, say("reworks", { n: ticket.reworks })) : null)),
    ticket.emergency && !ended(ticket.status) ? emergencyBox(ticket.emergency, null) : null,
    standing(ticket, options.staff),
    h("div", { class: "ticket-grid" },
      h("div", null,
        h("section", { class: "card" }, h("h2", null, say("ticket.told")), told(ticket, options.staff)),
        before.length || ticket.photos_after.length ? h("section", { class: "card" }, pictures(before, ticket.photos_after)) : null),
      h("div", null,
        ticket.may_rate || ticket.rating ? ratingForm(ticket, changed) : null,
        stepsPanel(ticket, options.staff, changed),
        h("section", { class: "card" }, h("h2", null, say("ticket.timeline")), timeline(events, ticket)),
        options.staff ? history(ticket) : null)));
}

function backLink(options) {
  return h("a", { class: "back", href: options.back }, "‹ " + say("back"));
}

/** Who has it, until when, and why: the three things people ask first. */
function standing(ticket, staff) {
  if (ended(ticket.status)) {
    return h("section", { class: "card standing" }, h("p", { class: "standing-big" }, ticket.status_name),
      h("p", { class: "hint" }, ticket.closed_at ? say("ticket.took", { span: span((new Date(ticket.closed_at) - new Date(ticket.received_at)) / 1000) }) : ""));
  }
  const running = ticket.clocks.filter((clock) => clock.state !== "stopped" && clock.due_at);
  const person = staff && ticket.holder.name && ticket.holder.name !== ticket.holder.role ? " " + ticket.holder.name : "";
  return h("section", { class: "card standing" },
    h("dl", { class: "facts" },
      h("dt", null, say("ticket.holder")), h("dd", { class: "standing-big" }, ticket.holder.role, h("span", { class: "hint" }, person)),
      running.map((clock) => [h("dt", null, say("clock." + clock.kind)), h("dd", null, until(clock.due_at), " ",
        staff ? h("span", { class: CLOCK_TAGS[clock.state] || "hint" }, left(clock.due_at)) : null,
        clock.provisional ? h("span", { class: "fine" }, say("clock.provisional")) : null,
        staff ? h("span", { class: "fine" }, say("clock.limit", { limit: limit(clock.limit), source: clock.source })) : null)]),
      ticket.clocks.some((clock) => clock.state === "paused") ? [h("dt", null, say("clock.paused")), h("dd", null, ticket.hold_until ? until(ticket.hold_until) : ticket.status_name)] : null,
      ticket.response_due_at && ticket.responded_at ? [h("dt", null, say("clock.responded")), h("dd", null, moment(ticket.responded_at))] : null,
      h("dt", null, say("ticket.why")), h("dd", null, ticket.reason)));
}

function told(ticket, staff) {
  const mine = ticket.reports.filter((report) => !report.joined || report.text || report.photos.length);
  return [mine.map((report) => h("blockquote", { class: "told" },
    h("p", null, report.text || h("span", { class: "hint" }, say("ticket.no_words"))),
    report.address ? h("p", { class: "address" }, report.address) : null,
    h("footer", { class: "hint" }, report.submitter ? [sayOr("role." + report.submitter.role, report.submitter.role), " ", report.submitter.name, " "] : staff ? say("ticket.anonymous") + " " : null, moment(report.received_at)))),
  h("dl", { class: "facts" },
    h("dt", null, say("ticket.place")), h("dd", null, placeName(ticket.chain),
      ticket.flags.length ? h("span", { class: "fine" }, ticket.flags.map((flag) => sayOr("flag." + flag, flag)).join("；")) : null,
      h("span", { class: "fine" }, ticket.location.lng + ", " + ticket.location.lat + " · WGS-84")),
    h("dt", null, say("ticket.condition")), h("dd", null, ticket.condition.text, staff && ticket.condition.close_condition ? h("span", { class: "fine" }, say("ticket.close_condition", { text: ticket.condition.close_condition })) : null)),
  ticket.synthetic ? h("p", { class: "fine" }, say("synthetic")) : null];
}

/** From the street down, without saying a name twice that the next one begins with. */
export function placeName(chain) {
  const names = chain.filter((link) => link.level !== "city" && link.level !== "district").map((link) => link.area_name);
  return names.filter((name, index) => !names[index + 1] || names[index + 1].indexOf(name) !== 0).join(" · ");
}

function pictures(before, after) {
  return [
    before.length ? [h("h2", null, say("photos.before")), gallery(before, say("photos.before"))] : null,
    after.length ? [h("h2", null, say("photos.after")), gallery(after, say("photos.after"))] : null,
  ];
}

function timeline(events, ticket) {
  return h("ol", { class: "timeline" }, events.map((event) => {
    const sent = SENDS_ON.indexOf(event.kind) < 0 ? null : ticket.hops.filter((hop) => hop.started_at === event.at).pop();
    const said = event.data.note || event.data.text || event.data.reason || "";
    return h("li", null,
      h("p", { class: "event" }, h("strong", null, event.name), sent ? " → " + sent.holder.role : null),
      h("p", { class: "hint" }, moment(event.at), event.actor ? " · " + who(event.actor) : null),
      event.data.reason_name ? h("p", null, event.data.reason_name) : null,
      said ? h("p", { class: "event-note" }, said) : null,
      event.data.grade ? h("p", null, say("rating.stars", { grade: event.data.grade })) : null,
      event.photos.length ? gallery(event.photos, event.name) : null);
  }));
}

function who(actor) {
  const role = sayOr("role." + actor.role, actor.role);
  return actor.name && actor.name !== actor.role ? role + " " + actor.name : role;
}

/** For staff: every holding with its reason and duration, and the whole chain with its seats. */
function history(ticket) {
  return [
    h("details", { class: "card more" }, h("summary", null, say("ticket.hops", { n: ticket.hops.length })),
      h("ol", { class: "timeline" }, ticket.hops.map((hop) => h("li", { class: hop.ended_at ? null : "is-open" },
        h("p", { class: "event" }, h("strong", null, hop.holder.role), hop.holder.name && hop.holder.name !== hop.holder.role ? " " + hop.holder.name : null),
        h("p", { class: "hint" }, moment(hop.started_at), " · ", hop.ended_at && hop.seconds === 0 ? say("ticket.at_once") : span(hop.seconds),
          hop.overdue_here ? h("span", { class: "tag danger" }, say("ticket.overdue_here")) : null,
          hop.response_missed ? h("span", { class: "tag risk" }, say("ticket.response_missed")) : null),
        h("p", null, hop.reason))))),
    h("details", { class: "card more" }, h("summary", null, say("ticket.chain")),
      h("dl", { class: "facts" }, ticket.chain.map((link) => [h("dt", null, link.role), h("dd", null, link.area_name,
        h("span", { class: "fine" }, link.seat.vacant ? say("seat.vacant") : link.seat.holder, link.seat.deputy ? say("seat.deputy", { name: link.seat.deputy }) : null))]))),
  ];
}

async function waitForPhotos(place, ticket, options, tries) {
  const all = [].concat.apply(ticket.photos_after, ticket.reports.map((report) => report.photos));
  if (!processing(all) || tries >= RETRIES_MS.length) {
    return;
  }
  window.setTimeout(async () => {
    const writing = place.contains(document.activeElement) && /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName);
    if (place.getAttribute("data-number") !== ticket.number || place.hidden || writing || place.querySelector("form.step")) {
      return; // the reader is busy: a picture is no reason to take a form away
    }
    const path = "/tickets/" + encodeURIComponent(ticket.number);
    const [fresh, events] = await Promise.all([get(path), get(path + "/events")]).catch(() => [null, null]);
    if (fresh && place.getAttribute("data-number") === ticket.number && !place.querySelector("form.step")) {
      draw(place, fresh, events.items, options);
      waitForPhotos(place, fresh, options, tries + 1);
    }
  }, RETRIES_MS[tries]);
}
