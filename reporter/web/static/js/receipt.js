// What a submitter gets back: a number, who has it, until when and why.

import { attend, fill, h } from "./dom.js";
import { emergencyBox } from "./suggestion.js";
import { until } from "./times.js";
import { say } from "./words.js";

/** Show the receipt in ``place``; ``again`` starts a new report. */
export function showReceipt(place, receipt, again) {
  const title = h("h1", null, say(receipt.joined ? "receipt.joined" : "receipt.title"));
  fill(place,
    h("section", { class: "card receipt" },
      h("span", { class: "icon-done", "aria-hidden": "true" }),
      title,
      h("p", { class: "number" }, receipt.number),
      h("dl", { class: "facts" },
        h("dt", null, say("receipt.what")), h("dd", null, receipt.category.name),
        h("dt", null, say("ticket.holder")), h("dd", { class: "standing-big" }, receipt.holder ? receipt.holder.role : receipt.status_name),
        receipt.response_due_at && !receipt.responded_at ? [h("dt", null, say("clock.response")), h("dd", null, until(receipt.response_due_at))] : null,
        receipt.due_at ? [h("dt", null, say("clock.resolve")), h("dd", { class: "standing-big" }, until(receipt.due_at))] : null,
        h("dt", null, say("ticket.why")), h("dd", null, receipt.reason))),
    receipt.emergency ? emergencyBox(receipt.emergency, null) : null,
    receipt.similar.length ? h("section", { class: "card" }, h("h2", null, say("receipt.similar")),
      h("ul", { class: "similar" }, receipt.similar.map((one) => h("li", null, h("strong", null, one.category_name), " ",
        h("span", { class: "hint" }, say("nearby.facts", { m: Math.round(one.distance_m), status: one.status_name })))))) : null,
    h("div", { class: "pair" },
      h("a", { class: "button primary", href: "#ticket/" + encodeURIComponent(receipt.number) }, say("receipt.follow")),
      h("button", { type: "button", class: "button", onclick: again }, say("receipt.again"))));
  attend(title);
  window.scrollTo(0, 0);
}
