// The interface, read from the description that the service publishes, and the life of a ticket.

import { get } from "./api.js";
import { byId, fill, h } from "./dom.js";
import { drawing } from "./life.js";
import { say } from "./words.js";

const METHODS = ["get", "post", "put", "patch", "delete"];

Promise.all([get("/openapi.json"), get("/lifecycle"), get("/whistles/lifecycle"), get("/revisits/lifecycle")]).then((answers) => {
  const lives = { lifecycle: answers[1], whistle: answers[2].whistle, call: answers[2].call, revisit: answers[3] };
  show(answers[0], lives);
}, (refused) => {
  fill(byId("view-docs"), h("p", { class: "empty" }, refused.message));
});

function show(api, lives) {
  const groups = {};
  Object.keys(api.paths).forEach((path) => METHODS.forEach((method) => {
    const call = api.paths[path][method];
    if (call) {
      const tag = (call.tags || [""])[0];
      (groups[tag] = groups[tag] || []).push({ path: path, method: method, call: call, shared: api.paths[path].parameters || [] });
    }
  }));
  const about = {};
  (api.tags || []).forEach((tag) => {
    about[tag.name] = tag.description;
  });
  fill(byId("view-docs"),
    h("h1", null, api.info.title),
    h("p", { class: "lead" }, say("docs.lead"), " ", h("a", { href: "/api/v1/openapi.json" }, "openapi.json")),
    h("nav", { class: "links", "aria-label": say("docs.contents") }, h("ul", null, Object.keys(groups).map((tag) => h("li", null, h("a", { href: "#" + tag }, tag))), Object.keys(lives).map((name) => h("li", null, h("a", { href: "#" + name }, say("docs." + name)))))),
    Object.keys(groups).map((tag) => h("section", { id: tag }, h("h2", null, tag), about[tag] ? h("p", { class: "hint" }, about[tag]) : null,
      groups[tag].map((one) => entry(one, api)))),
    Object.keys(lives).map((name) => h("section", { id: name, class: "lives" }, h("h2", null, say("docs." + name)), drawing(lives[name]), lifecycle(lives[name], say("docs." + name)))));
}

function entry(one, api) {
  const parameters = one.shared.concat(one.call.parameters || []).map((given) => resolve(given, api));
  const body = one.call.requestBody ? bodySchema(one.call.requestBody, api) : null;
  return h("details", { class: "card call" },
    h("summary", null, h("code", { class: "method is-" + one.method }, one.method.toUpperCase()), " ", h("code", null, one.path), h("span", { class: "hint" }, one.call.summary || "")),
    one.call.description ? h("p", null, one.call.description) : null,
    parameters.length ? [h("h3", null, say("docs.parameters")), fieldTable(parameters.map((given) => [given.name + " · " + given.in, given.required, given.schema || {}, given.description]), api)] : null,
    body ? [h("h3", null, say("docs.body")), schemaTable(body, api)] : null,
    h("h3", null, say("docs.answers")),
    h("dl", { class: "facts" }, Object.keys(one.call.responses || {}).map((status) => answer(status, resolve(one.call.responses[status], api), api))));
}

function answer(status, response, api) {
  const content = (response.content || {})["application/json"];
  const schema = content && content.schema;
  const fields = schema && status !== "default" && status < "300" ? schemaTable(schema, api) : null;
  return [h("dt", null, status), h("dd", null, response.description || "", fields)];
}

function bodySchema(body, api) {
  const content = resolve(body, api).content || {};
  const kind = Object.keys(content)[0];
  return kind ? content[kind].schema : null;
}

function schemaTable(given, api) {
  const schema = resolve(given, api);
  if (schema.type === "array" && schema.items) {
    return [h("p", { class: "hint" }, say("docs.list_of")), schemaTable(schema.items, api)];
  }
  const properties = schema.properties || {};
  const names = Object.keys(properties);
  return names.length ? fieldTable(names.map((name) => [name, (schema.required || []).indexOf(name) >= 0, properties[name], properties[name].description]), api) : null;
}

function fieldTable(rows, api) {
  return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": say("docs.parameters") }, h("table", null,
    h("thead", null, h("tr", null, [say("docs.name"), say("docs.type"), say("docs.meaning")].map((text) => h("th", { scope: "col" }, text)))),
    h("tbody", null, rows.map((row) => h("tr", null, h("th", { scope: "row" }, h("code", null, row[0]), row[1] ? h("span", { class: "needed" }, " " + say("needed")) : null),
      h("td", null, typeOf(row[2], api)), h("td", null, row[3] || resolve(row[2], api).description || ""))))));
}

function typeOf(given, api) {
  const name = refName(given);
  const schema = resolve(given, api);
  const union = (given.anyOf || given.oneOf || given.allOf || []).map((one) => typeOf(one, api)).join(" | ");
  const basic = [].concat(schema.type || []).join(" | ");
  const many = schema.type === "array" && schema.items ? "[" + typeOf(schema.items, api) + "]" : null;
  const limits = schema.enum ? ": " + schema.enum.filter((one) => one !== null).join(", ") : "";
  return (name || union || many || basic + (schema.format ? " " + schema.format : "")) + limits;
}

function refName(given) {
  return given.$ref ? given.$ref.split("/").pop() : null;
}

/** What a reference points at, inside the description itself. */
function resolve(given, api) {
  if (!given.$ref) {
    return given;
  }
  return given.$ref.slice(2).split("/").reduce((at, name) => at[name], api);
}

function lifecycle(life, title) {
  const names = {};
  life.statuses.forEach((status) => {
    names[status.status] = status.name;
  });
  const label = (status) => names[status] + " " + status;
  const columns = [say("docs.action"), say("docs.from"), say("docs.to"), say("docs.who"), say("docs.ball"), say("docs.needs"), say("docs.clocks")];
  return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": title }, h("table", null,
    h("thead", null, h("tr", null, columns.map((text) => h("th", { scope: "col" }, text)))),
    h("tbody", null, life.moves.map((move) => h("tr", null,
      h("th", { scope: "row" }, move.name, " ", h("code", null, move.action), move.when === "always" ? null : h("span", { class: "fine" }, move.when)),
      h("td", null, move.from.length === life.statuses.length ? say("docs.any") : move.from.map(label).join("、")),
      h("td", null, move.to ? label(move.to) : say("docs.stays")), h("td", null, h("code", null, move.who)), h("td", null, h("code", null, move.ball)),
      h("td", null, move.needs.concat(move.may_have.map((name) => name + "?")).join(", ")),
      h("td", null, clocks(move)))))));
}

function clocks(move) {
  const marked = (sign, names) => names.map((name) => sign + " " + name);
  return marked("■", move.stops).concat(marked("Ⅱ", move.pauses), marked("▷", move.resumes), marked("▶", move.starts)).join(" ");
}
