// Where it is: the phone's own position, or numbers typed in; and what the service makes of it.

import { get } from "./api.js";
import { announce, fill, freshId, h } from "./dom.js";
import { page, say } from "./words.js";

const FRESH_MS = 15000; // how old a position of the phone may be
const PATIENCE_MS = 15000;

/** The field for the place. ``changed`` is called when it is known. {node, location(), ask(), clear(), complain()} */
export function placeField(changed) {
  let point = null; // as the API takes it
  let latest = 0;
  const error = h("p", { class: "field-error", id: "place-error", role: "alert", hidden: true });
  const shown = h("div", { class: "place-shown", "aria-live": "polite" });
  const button = h("button", { type: "button", class: "button", "aria-describedby": "place-error", onclick: () => ask() },
    h("span", { class: "icon icon-pin", "aria-hidden": "true" }), h("span", null, say("place.use_mine")));
  const typed = manual((given) => settle(given));
  const node = h("div", { "data-field": "location" }, button, shown, error, typed.node);

  function ask() {
    complain("");
    if (!navigator.geolocation) {
      open(say("place.no_geolocation"));
      return;
    }
    busy(true);
    navigator.geolocation.getCurrentPosition((found) => {
      busy(false);
      settle({
        lng: round(found.coords.longitude),
        lat: round(found.coords.latitude),
        coord_type: "wgs84",
        accuracy_m: Math.round(found.coords.accuracy),
      });
    }, (failure) => {
      busy(false);
      open(say(failure.code === failure.PERMISSION_DENIED ? "place.denied" : "place.not_found"));
    }, { enableHighAccuracy: true, maximumAge: FRESH_MS, timeout: PATIENCE_MS });
  }

  function busy(on) {
    button.disabled = on;
    button.lastChild.textContent = say(on ? "place.looking" : point ? "place.again" : "place.use_mine");
  }

  function open(text) {
    complain(text);
    typed.node.open = true;
  }

  function complain(text) {
    error.textContent = text;
    error.hidden = !text;
  }

  async function settle(given) {
    node.classList.remove("is-known");
    latest += 1;
    const mine = latest;
    complain("");
    fill(shown, h("p", { class: "hint" }, say("place.checking")));
    try {
      const located = await get("/areas/locate", { lng: given.lng, lat: given.lat, coord_type: given.coord_type });
      if (mine !== latest) {
        return;
      }
      point = given;
      show(located);
    } catch (refused) {
      if (mine !== latest) {
        return;
      }
      fill(shown);
      if (refused.fields && Object.keys(refused.fields).length) {
        point = null;
        typed.complain(refused.fields);
      } else if (!refused.status) {
        point = given; // offline: the service will look when the report arrives
        fill(shown, h("p", { class: "place-name" }, say("place.later")));
      } else {
        point = null;
      }
      if (!point) {
        open(refused.message);
      }
    }
    busy(false);
    changed();
  }

  function show(located) {
    node.classList.add("is-known");
    const coarse = point.accuracy_m > page.coarse_accuracy_m;
    const seats = located.chain.slice(-3);
    fill(shown,
      h("p", { class: "place-name" }, located.place),
      h("p", { class: "hint" },
        point.accuracy_m === undefined ? null : say("place.accuracy", { m: point.accuracy_m }) + " ",
        say("place.chain", { roles: seats.map((seat) => seat.role).join(" › ") })),
      coarse ? h("p", { class: "warning" }, say("place.coarse")) : null,
      located.flags.indexOf("snapped") >= 0 ? h("p", { class: "hint" }, say("place.snapped")) : null,
      located.flags.indexOf("unrouted") >= 0 ? h("p", { class: "hint" }, say("place.unrouted")) : null,
      located.synthetic ? h("p", { class: "fine" }, say("synthetic")) : null);
    if (coarse) {
      typed.node.open = true;
    }
    announce(say("place.found", { place: located.place }));
  }

  return {
    node: node,
    ask: ask,
    complain: complain,
    location: () => point,
    input: button,
    complainAbout: (fields) => typed.complain(fields),
  };
}

/** Two numbers and what they are measured in: nobody may guess that, a wrong guess is 600 m wrong. */
function manual(settle) {
  const fields = {};
  function number(name, example) {
    const id = freshId(name);
    const error = h("span", { class: "field-error", id: id + "-error", hidden: true });
    fields[name] = { error: error, input: h("input", {
      id: id, name: name, type: "text", inputmode: "decimal", autocomplete: "off", placeholder: example, "aria-describedby": error.id,
    }) };
    return h("div", { class: "field" }, h("label", { htmlFor: id }, say("place." + name)), fields[name].input, error);
  }
  const numbers = [number("lng", "114.3"), number("lat", "30.5")];
  const kind = freshId("coord_type");
  const kindError = h("span", { class: "field-error", id: kind + "-error", hidden: true });
  fields.coord_type = { error: kindError, input: h("select", { id: kind, name: "coord_type", "aria-describedby": kindError.id },
    h("option", { value: "" }, say("place.coord_type_choose")),
    ["wgs84", "gcj02", "bd09", "cgcs2000"].map((datum) => h("option", { value: datum }, say("place.datum." + datum)))) };

  // maps copy both numbers at once: “114.32436, 30.48978” put into the first field fills the second too
  fields.lng.input.addEventListener("input", () => {
    const both = /^\s*(\d+\.\d+)\s*[,，\s]\s*(\d+\.\d+)\s*$/.exec(fields.lng.input.value);
    if (both) {
      fields.lng.input.value = both[1];
      fields.lat.input.value = both[2];
    }
  });

  function complain(given) {
    ["lng", "lat", "coord_type"].forEach((name) => {
      const text = given[name] || given["location." + name] || "";
      fields[name].error.textContent = text;
      fields[name].error.hidden = !text;
      if (text) {
        fields[name].input.setAttribute("aria-invalid", "true");
      } else {
        fields[name].input.removeAttribute("aria-invalid");
      }
    });
  }

  function use() {
    const wrong = {};
    ["lng", "lat"].forEach((name) => {
      const text = fields[name].input.value.trim();
      if (!text || !isFinite(Number(text))) {
        wrong[name] = say("place.number_needed");
      }
    });
    if (!fields.coord_type.input.value) {
      wrong.coord_type = say("place.coord_type_needed");
    }
    complain(wrong);
    const first = Object.keys(wrong)[0];
    if (first) {
      fields[first].input.focus();
      return;
    }
    settle({ lng: Number(fields.lng.input.value), lat: Number(fields.lat.input.value), coord_type: fields.coord_type.input.value });
  }

  const node = h("details", { class: "more" }, h("summary", null, say("place.manual")), h("div", { class: "pair" }, numbers),
    h("div", { class: "field" }, h("label", { htmlFor: kind }, say("place.coord_type")), fields.coord_type.input, kindError),
    h("button", { type: "button", class: "button", onclick: use }, say("place.use_this")));
  return { node: node, complain: complain };
}

function round(degrees) {
  return Math.round(degrees * 1e6) / 1e6;
}
