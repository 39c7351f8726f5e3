// The fields of a step, each made from what the API says of it.

import { get, post } from "./api.js";
import { fill, freshId, h } from "./dom.js";
import { photoField } from "./photos.js";
import { placeField } from "./place.js";
import { conditionSelect, tell } from "./suggestion.js";
import { say, sayOr } from "./words.js";

const LONG = ["note", "text", "reason", "cause", "plan", "effect"];
const NUMBERS = ["attended", "solved", "attitude"];
const PLACES = ["area", "suggested_area"];

/** {node, value(), complain(text), focus} for one field; ``value`` is null when it was left empty. */
export function fieldFor(field, action, ticket) {
  const id = freshId(field.name);
  const label = sayOr("field." + action.action + "." + field.name, sayOr("field." + field.name, field.name));
  const error = h("p", { class: "field-error", id: id + "-error", hidden: true });
  const about = { id: id, name: field.name, "aria-describedby": error.id, "aria-required": field.required ? "true" : null };
  const complain = (input) => (text) => {
    error.textContent = text;
    error.hidden = !text;
    if (text) {
      input.setAttribute("aria-invalid", "true");
    } else {
      input.removeAttribute("aria-invalid");
    }
  };
  const mark = field.required ? h("span", { class: "needed" }, say("needed")) : h("span", { class: "fine" }, say("optional"));
  const wrap = (input, more) => h("div", { class: "field", "data-field": field.name }, h("label", { htmlFor: id }, label, " ", mark), input, more || null, error);

  if (field.name === "photo_ids") {
    const photos = photoField({ field: field.name });
    return {
      node: h("div", { class: "field" }, h("p", { class: "label" }, label, " ", mark), photos.node),
      value: () => (photos.ids().length || photos.waiting() ? photos.ids() : null),
      settled: photos.settled,
      complain: photos.complain,
      focus: photos.node.querySelector("input"),
    };
  }
  if (field.name === "category") {
    return categoryField(wrap, about, complain, ticket);
  }
  if (field.name === "condition") {
    const select = h("select", about, h("option", { value: "" }, say("condition.unsure")));
    return { node: wrap(select), select: select, value: () => (select.value ? Number(select.value) : null), complain: complain(select), focus: select };
  }
  if (field.choices) {
    const select = h("select", about, h("option", { value: "" }, say("choose")),
      field.choices.map((choice) => h("option", { value: choice.value }, choice.name)));
    const numbers = NUMBERS.indexOf(field.name) >= 0;
    return { node: wrap(select), value: () => (numbers && select.value ? Number(select.value) : select.value || null), complain: complain(select), focus: select };
  }
  if (field.name === "location") {
    const where = placeField(() => null);
    return { node: h("div", { class: "field" }, h("p", { class: "label" }, label, " ", mark), where.node), value: where.location, complain: where.complain, focus: where.input };
  }
  if (PLACES.indexOf(field.name) >= 0) {
    const select = h("select", about, h("option", { value: "" }, say("choose")));
    get("/tickets/" + encodeURIComponent(ticket.number) + "/neighbours").then((near) => near.items.forEach((place) => {
      select.appendChild(h("option", { value: place.area_code }, say("field.neighbour", { name: place.area_name, n: place.metres })));
    }), () => complain(select)(say("field.no_neighbours")));
    return { node: wrap(select), value: () => select.value || null, complain: complain(select), focus: select };
  }
  if (field.name === "until") {
    const day = h("input", Object.assign({ type: "date" }, about));
    return { node: wrap(day), value: () => day.value || null, complain: complain(day), focus: day };
  }
  const input = LONG.indexOf(field.name) >= 0 ? h("textarea", Object.assign({ rows: "3", maxlength: "500" }, about)) : h("input", Object.assign({ type: "text" }, about));
  return { node: wrap(input), value: () => input.value.trim() || null, complain: complain(input), focus: input };
}

let catalogue = null;

/** The whole catalogue, asked for once. */
function categories() {
  catalogue = catalogue || get("/categories").then((answer) => answer.items, (refused) => {
    catalogue = null;
    throw refused;
  });
  return catalogue;
}

/** 立案: guesses from the submitter's words as buttons, and the whole catalogue behind them. */
function categoryField(wrap, about, complain, ticket) {
  const select = h("select", about, h("option", { value: "" }, say("loading")));
  const guesses = h("div", { class: "chips" });
  const node = wrap(select, guesses);
  let all = [];
  let partner = null;
  const chosen = () => all.filter((one) => one.code === select.value)[0];
  const follow = () => {
    if (partner) {
      const conditions = chosen() ? chosen().conditions : [];
      const fresh = conditionSelect("", conditions);
      fill(partner.select, Array.prototype.slice.call(fresh.childNodes));
      tell(promise, conditions, null);
    }
  };
  const promise = h("p", { class: "hint" });
  node.appendChild(promise);
  select.addEventListener("change", follow);
  categories().then((items) => {
    all = items;
    const majors = {};
    items.forEach((one) => {
      majors[one.major_name] = (majors[one.major_name] || []).concat(one);
    });
    fill(select, h("option", { value: "" }, say("choose")), Object.keys(majors).map((name) =>
      h("optgroup", { label: name }, majors[name].map((one) => h("option", { value: one.code }, one.name)))));
  }, (refused) => complain(select)(refused.message));
  const words = ticket.reports.map((report) => report.text || "").join(" ").trim();
  if (words) {
    post("/categories/suggest", { text: words }).then((answer) => fill(guesses, answer.candidates.map((one) =>
      h("button", {
        type: "button", class: "chip-button", onclick: () => {
          select.value = one.code;
          follow();
        },
      }, one.name))), () => {});
  }
  return {
    node: node, value: () => select.value || null, complain: complain(select), focus: select,
    follow: (condition) => {
      partner = condition;
    },
  };
}
