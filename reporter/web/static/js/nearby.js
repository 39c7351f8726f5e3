// Open tickets that this may be: “I met it too” joins one instead of making another.

import { get } from "./api.js";
import { announce, fill, h } from "./dom.js";
import { say } from "./words.js";

/** {node, look(location, category)}; ``join`` is called with the number of the ticket to join. */
export function nearbyField(join) {
  const node = h("section", { class: "card nearby", hidden: true });
  let latest = 0;

  async function look(location, category) {
    latest += 1;
    const mine = latest;
    if (!location || !category) {
      node.hidden = true;
      return;
    }
    let items = [];
    try {
      items = (await get("/tickets/nearby", { lng: location.lng, lat: location.lat, coord_type: location.coord_type, category: category })).items;
    } catch (_refused) {
      // knowing the neighbours is a help, not a need
    }
    if (mine !== latest) {
      return;
    }
    node.hidden = items.length === 0;
    fill(node, h("h2", null, say("nearby.title")), h("ul", { class: "similar" }, items.slice(0, 3).map((one) => h("li", null,
      h("span", null, h("strong", null, one.category_name), h("span", { class: "hint" }, say("nearby.facts", { m: Math.round(one.distance_m), status: one.status_name }),
        one.joins ? " · " + say("joins", { n: one.joins + 1 }) : null)),
      h("button", { type: "button", class: "button", "data-join": one.number, onclick: () => join(one.number) }, say("nearby.join"))))));
    if (items.length) {
      announce(say("nearby.title"));
    }
  }

  return { node: node, look: look };
}
