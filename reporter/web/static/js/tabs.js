// The views of a page: one is shown, its name stands after # so that back, links and reloading work.

import { byId } from "./dom.js";

/** views: {name: show(argument)}; "#ticket/WC…" calls views.ticket("WC…"). The first is shown when # names none. */
export function tabs(views) {
  const names = Object.keys(views);

  function turn() {
    const parts = decodeURIComponent(location.hash.slice(1)).split("/");
    const name = names.indexOf(parts[0]) >= 0 ? parts[0] : names[0];
    names.forEach((one) => {
      const panel = byId("view-" + one);
      if (panel) {
        panel.hidden = one !== name;
      }
    });
    document.querySelectorAll("[data-tab]").forEach((link) => {
      if (link.getAttribute("data-tab") === name) {
        link.setAttribute("aria-current", "page");
      } else {
        link.removeAttribute("aria-current");
      }
    });
    window.scrollTo(0, 0);
    views[name](parts[1] || null);
  }

  window.addEventListener("hashchange", turn);
  turn();
}
