// The submitter's page: report, my reports, messages.

import { Unreachable, post } from "./api.js";
import { announce, attend, byId, fill, h } from "./dom.js";
import { draft, forget, keep } from "./draft.js";
import { badge, inbox, refresh } from "./inbox.js";
import { nearbyField } from "./nearby.js";
import { photoField } from "./photos.js";
import { placeField } from "./place.js";
import { showReceipt } from "./receipt.js";
import { maySubmit, start } from "./session.js";
import { emergencyBox, suggestionField } from "./suggestion.js";
import { tabs } from "./tabs.js";
import { showTicket } from "./ticket.js";
import { ticketList } from "./tickets.js";
import { say } from "./words.js";

let answered = false; // the receipt is on the screen; coming back to this view starts anew

start(byId("view-report"), maySubmit).then((me) => {
  byId("tabs").hidden = false;
  badge(me.unread);
  tabs({
    report: () => {
      if (answered || !byId("report-form")) {
        answered = false;
        reportForm(byId("view-report"));
      }
    },
    mine: mine,
    messages: inbox,
    ticket: (number) => showTicket(byId("view-ticket"), number, { back: "#mine", staff: false, changed: refresh }),
  });
});

function mine() {
  const place = byId("view-mine");
  const list = h("div", null);
  fill(place, h("h1", null, say("mine.title")), list);
  return ticketList(list, { path: "/reports", query: {}, empty: say("mine.empty"), staff: false });
}

function reportForm(view) {
  const kept = draft();
  let prompt = null; // the emergency on the screen
  let acknowledged = null; // the prompt that was read
  const photos = photoField({
    field: "photo_ids", changed: () => {
      keep({ photo_ids: photos.ids() });
      if (photos.count() && !place.location() && !place.input.disabled) {
        place.ask(); // with the photo in hand the reporter stands at the place
      }
    },
  });
  const place = placeField(() => {
    nearby.look(place.location(), code());
    suggestion.follow(words.value);
  });
  const words = h("textarea", {
    id: "text", name: "text", rows: "3", maxlength: "5000", placeholder: say("text.example"), "aria-describedby": "text-error",
    oninput: () => {
      complain("");
      photos.complain("");
      keep({ text: words.value });
      suggestion.follow(words.value);
    },
  }, kept.text || "");
  const danger = h("div", { id: "danger" });
  const suggestion = suggestionField(() => place.location(), () => nearby.look(place.location(), code()), warn);
  const code = () => (suggestion.chosen() ? suggestion.chosen().code : null);
  const address = h("input", { id: "address", name: "address", type: "text", maxlength: "200", autocomplete: "off", placeholder: say("address.example"), value: kept.address || "", oninput: () => keep({ address: address.value }) });
  const nearby = nearbyField((number) => send(number));
  const anonymous = h("input", { id: "anonymous", name: "anonymous", type: "checkbox" });
  const problem = h("div", { id: "problem", class: "problem", role: "alert" });
  const progress = h("progress", { id: "progress", hidden: true, "aria-label": say("send.sending") });
  const button = h("button", { type: "submit", class: "button primary wide" }, say("send.send"));
  const form = h("form", { id: "report-form", novalidate: true, onsubmit: (event) => {
    event.preventDefault();
    send(null);
  } },
  h("h1", null, say("report.title")),
  h("section", { class: "card" }, h("h2", null, say("photos.title")), photos.node),
  h("section", { class: "card place-card" }, h("h2", null, say("place.title")), place.node,
    h("div", { class: "field" }, h("label", { htmlFor: "address" }, say("address.label"), " ", h("span", { class: "fine" }, say("optional"))), address)),
  h("section", { class: "card" }, h("h2", null, h("label", { htmlFor: "text" }, say("text.title"))), words,
    h("p", { class: "field-error", id: "text-error", role: "alert", hidden: true }), danger, suggestion.node),
  nearby.node,
  h("p", { class: "check" }, anonymous, h("label", { htmlFor: "anonymous" }, say("anonymous.label"), h("span", { class: "hint" }, say("anonymous.hint")))),
  problem,
  h("div", { class: "send-bar" }, progress, button));
  fill(view, form);
  if (kept.photo_ids && kept.photo_ids.length) {
    photos.keep(kept.photo_ids);
  }
  suggestion.follow(words.value);
  askPlaceIfAllowed(place);

  function warn(given) {
    const fresh = given && !(prompt && prompt.divert === given.divert);
    prompt = given;
    const known = given && acknowledged === given.divert;
    if (!fresh && danger.firstChild && given) {
      return; // it is on the screen already: saying it again with each word would only shout
    }
    fill(danger, given && !known ? emergencyBox(given, () => {
      acknowledged = given.divert;
      fill(danger, h("p", { class: "hint" }, say("emergency.acknowledged")));
      attend(words);
    }) : known ? h("p", { class: "hint" }, say("emergency.acknowledged")) : null);
    if (fresh && !known) {
      danger.scrollIntoView({ block: "nearest" });
    }
  }

  function complain(text, node) {
    fill(problem, text ? h("p", { class: "field-error" }, text) : null);
    if (node) {
      attend(node);
    }
  }

  function ready() {
    complain("");
    byId("text-error").hidden = true;
    if (prompt && acknowledged !== prompt.divert) {
      complain(say("emergency.first"), danger.querySelector("a"));
      return false;
    }
    if (!photos.count() && !words.value.trim()) {
      photos.complain(say("report.needs_something"));
      complain(say("report.needs_something"), photos.node.querySelector("input"));
      return false;
    }
    if (!place.location()) {
      place.complain(say("place.needed"));
      complain(say("place.needed"), place.input);
      return false;
    }
    return true;
  }

  async function send(join) {
    if (!ready()) {
      return;
    }
    busy(true);
    try {
      await photos.settled();
      if (photos.failed()) {
        busy(false);
        complain(say("photos.failed"), photos.node);
        return;
      }
      const receipt = await post("/reports", {
        client_request_id: kept.key,
        location: place.location(),
        text: words.value.trim() || null,
        category: join ? null : code(),
        condition: join ? null : code() && suggestion.condition(),
        photo_ids: photos.ids(),
        address: address.value.trim() || null,
        anonymous: anonymous.checked,
        join: join,
      });
      forget();
      answered = true;
      announce(say("receipt.title") + " " + receipt.number);
      showReceipt(view, receipt, () => {
        answered = false;
        reportForm(view);
      });
      refresh();
    } catch (refused) {
      busy(false);
      explain(refused);
    }
  }

  function busy(on) {
    button.disabled = on;
    progress.hidden = !on;
    button.textContent = say(on ? "send.sending" : "send.send");
  }

  /** Each wrong field beside itself; a broken line keeps the draft, and sending again is the same report. */
  function explain(refused) {
    if (refused instanceof Unreachable) {
      complain(say("send.unreachable"), button);
      button.textContent = say("send.again");
      return;
    }
    const fields = refused.fields;
    const names = Object.keys(fields);
    place.complainAbout(fields);
    names.forEach((name) => {
      if (name.indexOf("location") === 0) {
        place.complain(fields[name]);
      } else if (name.indexOf("photo_ids") === 0) {
        photos.complain(fields[name]);
      } else if (name === "text") {
        byId("text-error").textContent = fields[name];
        byId("text-error").hidden = false;
      }
    });
    const atPlace = /^location/.test(refused.code);
    if (atPlace && !names.length) {
      place.complain(refused.message);
    }
    complain(names.length ? refused.message + "：" + names.map((name) => fields[name]).join("；") : refused.message, atPlace ? place.input : null);
  }
}

/** Whoever allowed it before is not asked to tap. */
function askPlaceIfAllowed(place) {
  if (navigator.permissions && navigator.permissions.query) {
    navigator.permissions.query({ name: "geolocation" }).then((allowed) => {
      if (allowed.state === "granted" && !place.location()) {
        place.ask();
      }
    }, () => {});
  }
}
