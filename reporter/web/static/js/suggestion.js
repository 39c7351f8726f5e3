// What kind of problem it is: up to three guesses from the words, the first one chosen, none of them binding.

import { post } from "./api.js";
import { announce, fill, freshId, h } from "./dom.js";
import { limit } from "./times.js";
import { say } from "./words.js";

const PAUSE_MS = 400; // after the last key

/**
 * The field that follows a textarea. ``where`` answers the location or null; ``changed`` is called with the
 * chosen category or null; ``emergency`` with {number, prompt} or null.
 */
export function suggestionField(where, changed, emergency) {
  const group = freshId("category");
  const list = h("div", { class: "chips" });
  const condition = h("div", { class: "condition" });
  const node = h("fieldset", { class: "plain", "data-field": "category", hidden: true },
    h("legend", null, say("category.guess")), list, condition);
  let timer = 0;
  let latest = 0;
  let chosen = null; // a candidate, or null for “do not know”
  let decided = false; // by a tap, which a better guess must not undo
  let select = null;

  function follow(text) {
    window.clearTimeout(timer);
    if (!text.trim()) {
      latest += 1;
      show([], null);
      return;
    }
    timer = window.setTimeout(() => look(text), PAUSE_MS);
  }

  async function look(text) {
    latest += 1;
    const mine = latest;
    try {
      const answer = await post("/categories/suggest", { text: text, location: where() });
      if (mine === latest) {
        show(answer.candidates, answer.emergency);
      }
    } catch (_refused) {
      // a guess is a help, not a need: the report can be sent without it
    }
  }

  function show(candidates, prompt) {
    const same = decided && chosen && candidates.filter((one) => one.code === chosen.code)[0];
    if (!(decided && chosen === null)) {
      chosen = same || candidates[0] || null;
      decided = Boolean(same);
    }
    node.hidden = candidates.length === 0;
    fill(list, candidates.map((one) => chip(one, one.name)), candidates.length ? chip(null, say("category.unknown")) : null);
    draw();
    emergency(prompt);
    changed(chosen);
    if (candidates.length) {
      announce(say("category.found", { names: candidates.map((one) => one.name).join("、") }));
    }
  }

  function chip(candidate, label) {
    const id = freshId("chip");
    const input = h("input", {
      type: "radio", name: group, id: id, value: candidate ? candidate.code : "", class: "visually-hidden",
      checked: candidate ? Boolean(chosen && chosen.code === candidate.code) : chosen === null,
      onchange: () => {
        chosen = candidate;
        decided = true;
        draw();
        changed(chosen);
      },
    });
    return h("span", { class: "chip" }, input, h("label", { htmlFor: id }, label));
  }

  function draw() {
    select = null;
    fill(condition);
    if (!chosen) {
      fill(condition, h("p", { class: "hint" }, say("category.unknown_hint")));
      return;
    }
    const conditions = chosen.conditions || [];
    const promise = h("p", { class: "hint" });
    if (conditions.length > 1) {
      const id = freshId("condition");
      select = conditionSelect(id, conditions);
      select.addEventListener("change", () => tell(promise, conditions, Number(select.value) || null));
      condition.appendChild(h("div", { class: "field" }, h("label", { htmlFor: id }, say("condition.label")), select));
    }
    condition.appendChild(promise);
    tell(promise, conditions, null);
  }

  return {
    node: node,
    follow: follow,
    chosen: () => chosen,
    condition: () => (select && select.value ? Number(select.value) : null),
    clear: () => {
      decided = false;
      chosen = null;
      show([], null);
    },
  };
}

export function conditionSelect(id, conditions) {
  return h("select", { id: id, name: "condition" },
    h("option", { value: "" }, say("condition.unsure")),
    conditions.map((one) => h("option", { value: one.no }, one.text)));
}

/** How long it usually takes; of an unsure answer only when the strictest condition is beyond doubt. */
export function tell(place, conditions, no) {
  const worst = Math.max.apply(null, conditions.map((one) => one.severity));
  const fitting = conditions.filter((one) => (no ? one.no === no : one.severity === worst));
  const known = fitting.length === 1 && fitting[0].resolve_limit;
  place.textContent = known ? say("condition.limit", { limit: limit(fitting[0].resolve_limit) }) : "";
}

/** What to do before anything else when there may be danger; ``acknowledged`` is called by its button. */
export function emergencyBox(prompt, acknowledged) {
  return h("section", { class: "emergency", role: "alert", "data-emergency": prompt.divert },
    h("h2", null, say("emergency.title")),
    h("p", null, prompt.prompt),
    h("a", { class: "button danger", href: "tel:" + prompt.number }, say("emergency.call", { number: prompt.number })),
    acknowledged ? h("button", { type: "button", class: "button", onclick: acknowledged }, say("emergency.go_on")) : null);
}
