// The steps I may take with a ticket: a button for each, and a form made from the fields that the API says it has.

import { post } from "./api.js";
import { announce, attend, fill, h } from "./dom.js";
import { fieldFor } from "./fields.js";
import { photoField } from "./photos.js";
import { say, sayOr } from "./words.js";

const FORWARD = ["verify", "accept", "take", "respond", "solve"]; // what moves it on; the first that is offered stands out
const YES_NO = ["passed", "found", "granted", "fixed"];
const NOT_HERE = ["parts"]; // fields that this page has no form for

/** Taking it is one tap; what one plans can be said later, with a note. */
function atOnce(action) {
  return !action.fields.length || action.action === "take";
}

/** A card with all allowed steps; ``changed`` reloads the ticket and says a sentence. Null when there are none. */
export function stepsPanel(ticket, staff, changed) {
  const first = staff ? mainAction(ticket) : null;
  const order = (action) => (action === first ? -1 : FORWARD.indexOf(action.action) < 0 ? FORWARD.length : FORWARD.indexOf(action.action));
  const fillable = ticket.actions.filter((action) => !action.fields.some((field) => field.required && NOT_HERE.indexOf(field.name) >= 0));
  const actions = fillable.sort((one, other) => order(one) - order(other));
  const late = !staff && ["closed", "withdrawn", "not_accepted", "voided", "merged"].indexOf(ticket.status) < 0;
  if (!actions.length && !late) {
    return null;
  }
  const place = h("div", { class: "step-form" });
  const buttons = actions.map((action) => h("button", {
    type: "button", class: "button" + (action === first ? " primary" : ""), "data-action": action.action, "aria-expanded": atOnce(action) ? null : "false",
    onclick: (event) => open(event.currentTarget, action),
  }, nameOf(action, staff)));
  if (late) {
    buttons.push(h("button", { type: "button", class: "button", "aria-expanded": "false", onclick: (event) => open(event.currentTarget, null) }, say("step.late_photos")));
  }

  function open(button, action) {
    const again = button.getAttribute("aria-expanded") === "true";
    buttons.forEach((one) => one.hasAttribute("aria-expanded") && one.setAttribute("aria-expanded", "false"));
    fill(place);
    if (again) {
      return;
    }
    if (action && atOnce(action)) {
      button.disabled = true;
      send(ticket, action, {}).then(() => changed(say("step.done", { name: action.name })), (refused) => {
        button.disabled = false;
        failed(refused, place, {}, changed);
      });
      return;
    }
    button.setAttribute("aria-expanded", "true");
    const form = action ? stepForm(ticket, action, staff, changed) : latePhotos(ticket, changed);
    fill(place, form);
    const field = form.querySelector("input, select, textarea, button");
    attend(field.type === "file" ? form.querySelector("h3") : field);
  }

  return h("section", { class: "card steps" }, h("h2", null, say(staff ? "step.title" : "step.title_mine")), h("div", { class: "step-buttons" }, buttons), place);
}

/** A guard at the place comes before anything else; else the first step that moves the ticket on. */
function mainAction(ticket) {
  const named = (name) => ticket.actions.filter((action) => action.action === name)[0];
  const guard = ticket.condition && ticket.condition.guard && !ticket.responded_at ? named("respond") : null;
  return guard || FORWARD.map(named).filter(Boolean)[0] || null;
}

function nameOf(action, staff) {
  return sayOr((staff ? "staff." : "mine.") + action.action, action.name);
}

function send(ticket, action, given) {
  const path = ticket.path || "/tickets/" + encodeURIComponent(ticket.number);
  if (action.action === "confirm") { // a neighbour's word has a door of its own
    return post(path + "/confirmations", given);
  }
  return post(path + "/steps", Object.assign({ action: action.action }, given),
    { "If-Match": '"' + ticket.version + '"' });
}

function stepForm(ticket, action, staff, changed) {
  const fields = {};
  action.fields.forEach((field) => {
    fields[field.name] = fieldFor(field, action, ticket);
  });
  if (fields.category && fields.condition) {
    fields.category.follow(fields.condition);
  }
  const decisive = action.fields.filter((field) => YES_NO.indexOf(field.name) >= 0)[0];
  const problem = h("p", { class: "field-error", role: "alert", hidden: true });
  const rest = action.fields.filter((field) => field !== decisive).map((field) => fields[field.name].node);
  const hint = sayOr("step.hint." + action.action, "");
  const form = h("form", { class: "step", novalidate: true, onsubmit: (event) => submit(event, null) },
    h("h3", null, nameOf(action, staff)), hint ? h("p", { class: "hint" }, hint) : null, rest, problem,
    decisive ? h("div", { class: "pair" },
      h("button", { type: "button", class: "button primary", onclick: (event) => submit(event, true) }, sayOr("yes." + decisive.name, say("yes"))),
      h("button", { type: "button", class: "button", onclick: (event) => submit(event, false) }, sayOr("no." + decisive.name, say("no"))))
      : h("button", { type: "submit", class: "button primary wide" }, say("step.confirm", { name: nameOf(action, staff) })));

  async function submit(event, verdict) {
    event.preventDefault();
    const given = {};
    let wrong = null;
    const require = (name) => {
      fields[name].complain(say("step.required"));
      wrong = wrong || fields[name];
    };
    action.fields.forEach((field) => {
      if (field === decisive) {
        given[field.name] = verdict;
        return;
      }
      fields[field.name].complain("");
      const value = fields[field.name].value();
      if (value !== null) {
        given[field.name] = value;
      } else if (field.required || (verdict === false && field.name === "note")) {
        require(field.name);
      }
    });
    if (wrong) {
      attend(wrong.focus || wrong.node);
      return;
    }
    const buttons = form.querySelectorAll("button");
    const enable = (on) => buttons.forEach((button) => {
      button.disabled = !on;
    });
    enable(false);
    problem.hidden = true;
    try {
      if (fields.photo_ids) {
        await fields.photo_ids.settled();
        given.photo_ids = fields.photo_ids.value() || [];
      }
      await send(ticket, action, given);
    } catch (refused) {
      enable(true);
      failed(refused, problem, fields, changed);
      return;
    }
    await changed(say("step.done", { name: nameOf(action, staff) }));
  }
  return form;
}

/** Beside the fields that are wrong, or as one sentence; when somebody was faster the present state is shown. */
function failed(refused, problem, fields, changed) {
  if (refused.status === 409) {
    changed(refused.message);
    return;
  }
  const loose = Object.keys(refused.fields).filter((name) => {
    if (fields[name]) {
      fields[name].complain(refused.fields[name]);
      attend(fields[name].focus || fields[name].node);
    }
    return !fields[name];
  });
  if (loose.length || !Object.keys(refused.fields).length) {
    fill(problem, refused.message, loose.length ? "：" + loose.map((name) => refused.fields[name]).join("；") : "");
    problem.hidden = false;
    announce(refused.message, true);
  }
}

/** Photos that come after the report. */
function latePhotos(ticket, changed) {
  const photos = photoField({});
  const button = h("button", { type: "submit", class: "button primary wide" }, say("step.send_photos"));
  return h("form", {
    class: "step", onsubmit: async (event) => {
      event.preventDefault();
      if (!photos.count()) {
        photos.complain(say("step.required"));
        return;
      }
      button.disabled = true;
      await photos.settled();
      try {
        await post("/reports/" + encodeURIComponent(ticket.number) + "/photos", { photo_ids: photos.ids() });
        await changed(say("photos.added"));
      } catch (refused) {
        button.disabled = false;
        photos.complain(Object.keys(refused.fields).map((name) => refused.fields[name])[0] || refused.message);
      }
    },
  }, h("h3", null, say("step.late_photos")), photos.node, button);
}
