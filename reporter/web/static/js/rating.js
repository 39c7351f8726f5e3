// 好差评: five grades in words, a few tags, a sentence.

import { post } from "./api.js";
import { fill, freshId, h } from "./dom.js";
import { moment } from "./times.js";
import { page, say } from "./words.js";

const LONGEST = 200;

/** The form, or what was said before with the offer to change it once. ``changed`` hears a sentence afterwards. */
export function ratingForm(ticket, changed) {
  const place = h("section", { class: "card rating" });
  const given = ticket.rating;
  if (given) {
    fill(place, h("h2", null, say("rating.yours")), h("p", { class: "standing-big" }, gradeName(given.grade)),
      h("p", { class: "hint" }, given.tags.map(tagName).concat(given.text || []).join(" · "), " ", moment(given.changed_at || given.rated_at)),
      ticket.may_rate ? h("button", { type: "button", class: "button", onclick: () => form(place, ticket, given, changed) }, say("rating.change")) : null);
  } else {
    form(place, ticket, { grade: 0, tags: [], text: "" }, changed);
  }
  return place;
}

const gradeName = (value) => page.grades.filter((one) => one.value === value).map((one) => one.name)[0] || String(value);
const tagName = (value) => page.tags.filter((one) => one.value === value).map((one) => one.name)[0] || value;

function form(place, ticket, given, changed) {
  const error = h("p", { class: "field-error", id: "rating-error", role: "alert", hidden: true });
  const words = h("textarea", { id: "rating-text", rows: "2", maxlength: LONGEST, "aria-describedby": error.id }, given.text || "");
  const grades = page.grades.map((grade) => choice("radio", "grade", grade, given.grade === grade.value));
  const tags = page.tags.map((tag) => choice("checkbox", "tag", tag, given.tags.indexOf(tag.value) >= 0));
  const button = h("button", { type: "submit", class: "button primary wide" }, say("rating.send"));
  const picked = (all) => all.filter((one) => one.input.checked).map((one) => one.value);

  async function submit(event) {
    event.preventDefault();
    const grade = picked(grades)[0];
    if (!grade) {
      complain(say("rating.choose"));
      grades[0].input.focus();
      return;
    }
    button.disabled = true;
    try {
      await post("/tickets/" + encodeURIComponent(ticket.number) + "/rating", { grade: grade, tags: picked(tags), text: words.value.trim() || null });
      await changed(say("rating.thanks"));
    } catch (refused) {
      button.disabled = false;
      complain(refused.message);
    }
  }

  function complain(text) {
    error.textContent = text;
    error.hidden = false;
  }

  fill(place, h("h2", null, say("rating.title")), h("form", { onsubmit: submit },
    h("fieldset", { class: "plain" }, h("legend", { class: "visually-hidden" }, say("rating.title")), h("div", { class: "grades" }, grades.map((one) => one.node))),
    h("fieldset", { class: "plain" }, h("legend", null, say("rating.tags")), h("div", { class: "chips" }, tags.map((one) => one.node))),
    h("div", { class: "field" }, h("label", { htmlFor: "rating-text" }, say("rating.text")), words), error, button));
}

function choice(type, name, option, on) {
  const id = freshId(name);
  const input = h("input", { type: type, name: name, id: id, value: option.value, class: "visually-hidden", checked: on });
  return { value: option.value, input: input, node: h("span", { class: "chip" }, input, h("label", { htmlFor: id }, option.name)) };
}
