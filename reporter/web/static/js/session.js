// Who is using the page: the header, logging in, logging out.

import { get, logIn, remove } from "./api.js";
import { byId, fill, freshId, h } from "./dom.js";
import { page, say, sayOr } from "./words.js";

const SUBMITTERS = ["resident", "rider", "lead"];
const WORKERS = ["lead", "department", "district", "auditor"];
const WATCHERS = ["lead", "district", "auditor"];
const ADVICE = "advice";
const OFFICES = ["city", "district", "street", "community"];

export const maySubmit = (me) => SUBMITTERS.indexOf(me.role) >= 0;
export const mayWork = (me) => WORKERS.indexOf(me.role) >= 0;
export const mayWatch = (me) => WATCHERS.indexOf(me.role) >= 0 || (me.role === "department" && Boolean(me.area));

/** Answers who is calling, once somebody is; until then the page shows how to log in. ``fits`` says for whom it is. */
export async function start(main, fits) {
  if (!page.signed_in) {
    return signIn(main);
  }
  let me;
  try {
    me = await get("/me");
  } catch (refused) {
    if (refused.status === 401) {
      return signIn(main);
    }
    fill(main, h("p", { class: "empty" }, refused.message), h("button", { type: "button", class: "button", onclick: () => location.reload() }, say("retry")));
    throw refused;
  }
  header(me);
  document.addEventListener("signed-out", () => location.reload(), { once: true });
  if (!fits(me)) {
    fill(main, h("section", { class: "card" }, h("h1", null, say("session.not_here")), h("p", null, say("session.not_here_hint", { role: roleOf(me) })),
      h("ul", { class: "links" }, places(me).map((place) => h("li", null, h("a", { class: "button", href: place[0] }, place[1]))))));
    return new Promise(() => {});
  }
  return me;
}

/** What a person is called: the title of the seat, or the role. */
export function roleOf(me) {
  const seat = me.seats[0];
  if (seat) {
    return seat.as_deputy ? say("session.deputy", { title: seat.title }) : seat.title;
  }
  return me.department || sayOr("role." + me.role, me.role);
}

function places(me) {
  const found = [];
  if (maySubmit(me)) {
    found.push(["/", say("nav.report")]);
  }
  if (mayWork(me)) {
    found.push(["/desk", say("nav.desk")]);
  }
  if (mayWatch(me)) {
    found.push(["/dashboard", say("nav.dashboard")]);
  }
  return found;
}

function homeOf(me) {
  if (mayWatch(me) && (OFFICES.indexOf(me.level) >= 0 || me.role === "auditor")) {
    return "/dashboard";
  }
  return mayWork(me) ? "/desk" : "/";
}

function header(me) {
  const others = places(me).some((place) => place[0] !== location.pathname);
  fill(byId("nav"), others && places(me).map((place) => h("a", { href: place[0], "aria-current": place[0] === location.pathname ? "page" : null }, place[1])));
  const where = me.area_name ? h("span", null, me.area_name + " ") : null;
  fill(byId("who"), h("span", { class: "who-name" }, where, h("strong", null, roleOf(me))),
    h("button", { type: "button", class: "link", onclick: logOut }, say("session.log_out")));
  const advice = page.demo && sessionStorage.getItem(ADVICE);
  if (advice) {
    const main = byId("main");
    main.insertBefore(h("p", { class: "notice advice" }, h("strong", null, say("session.try")), advice), main.firstChild);
  }
}

async function logOut() {
  try {
    await remove("/sessions/current");
  } catch (refused) {
    if (refused.status !== 401) {
      throw refused;
    }
  }
  sessionStorage.clear();
  location.assign(location.pathname);
}

function signIn(main) {
  const staff = document.body.getAttribute("data-for") === "staff";
  fill(main, h("section", { class: "card sign-in" },
    h("h1", null, say("session.title")),
    h("p", { class: "lead" }, say("session.promise")),
    page.demo ? h("p", { class: "fine" }, say("synthetic")) : null,
    page.demo ? demoAccounts(staff) : staff ? password() : h("p", { class: "notice" }, say("session.in_wechat"))));
  return new Promise(() => {});
}

/** ``advice``: what to try with a demo account, shown until logging out. */
function arrive(session, advice) {
  sessionStorage.clear();
  if (advice) {
    sessionStorage.setItem(ADVICE, advice);
  }
  const me = session.user;
  const here = { "/": maySubmit, "/desk": mayWork, "/dashboard": mayWatch }[location.pathname];
  const stay = here && here(me) && (location.pathname !== "/" || homeOf(me) === "/");
  if (stay) {
    location.reload();
  } else {
    location.assign(homeOf(me));
  }
}

function demoAccounts(staff) {
  const error = h("p", { class: "field-error", id: "demo-error", role: "alert", hidden: true });
  const list = h("ul", { class: "accounts" }, h("li", { class: "hint" }, say("loading")));
  const id = freshId("account");
  const input = h("input", { id: id, name: "username", autocomplete: "off", autocapitalize: "none", spellcheck: "false", "aria-describedby": error.id });

  async function enter(username, advice) {
    error.hidden = true;
    try {
      arrive(await logIn("demo", { username: username }), advice);
    } catch (refused) {
      error.textContent = refused.message;
      error.hidden = false;
    }
  }

  get("/sessions/demo").then((accounts) => {
    const useful = (one) => (staff ? one.role !== "rider" && one.role !== "resident" : true);
    fill(list, accounts.filter((one) => ["admin", "reviewer", "integrator"].indexOf(one.role) < 0 && useful(one)).map((one) =>
      h("li", null, h("button", { type: "button", class: "account", onclick: () => enter(one.username, one.what_to_try) },
        h("strong", null, sayOr("role." + one.role, one.role)), one.area ? h("span", null, " " + one.area.replace(/^\d+ /, "")) : null,
        h("span", { class: "hint" }, one.what_to_try)))));
  }, (refused) => fill(list, h("li", { class: "hint" }, refused.message)));

  return [h("h2", null, say("session.choose")), list, h("form", {
    class: "inline-form",
    onsubmit: (event) => {
      event.preventDefault();
      enter(input.value.trim());
    },
  }, h("label", { htmlFor: id }, say("session.other_account")), input, h("button", { type: "submit", class: "button" }, say("session.enter"))), error];
}

function password() {
  const error = h("p", { class: "field-error", id: "password-error", role: "alert", hidden: true });
  const name = h("input", { id: "username", name: "username", autocomplete: "username", autocapitalize: "none", required: true });
  const secret = h("input", { id: "password", name: "password", type: "password", autocomplete: "current-password", required: true, "aria-describedby": error.id });
  return h("form", {
    onsubmit: async (event) => {
      event.preventDefault();
      error.hidden = true;
      try {
        arrive(await logIn("password", { username: name.value.trim(), password: secret.value }));
      } catch (refused) {
        error.textContent = refused.message;
        error.hidden = false;
      }
    },
  }, h("div", { class: "field" }, h("label", { htmlFor: "username" }, say("session.username")), name),
  h("div", { class: "field" }, h("label", { htmlFor: "password" }, say("session.password")), secret), error,
  h("button", { type: "submit", class: "button primary wide" }, say("session.enter")));
}
