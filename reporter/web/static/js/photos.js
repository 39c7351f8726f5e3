// Photos: choosing, making smaller, sending one by one; and showing those of a ticket.

import { Refused, upload } from "./api.js";
import { announce, fill, freshId, h } from "./dom.js";
import { page, say } from "./words.js";

const LONGEST_SIDE = 2048; // decisions.md “Photos”: the service keeps no more
const SMALL_ENOUGH = 1500000; // bytes; below this and small in pixels a photo goes as it is

/**
 * A field for photos. ``changed`` is called when one arrived or left.
 * Answers {node, ids(), count(), waiting(), settled(), keep(ids), clear()}.
 */
export function photoField(options) {
  const shots = [];
  const name = freshId("photos");
  const error = h("p", { class: "field-error", id: name + "-error", role: "alert", hidden: true });
  const list = h("ul", { class: "shots" });
  const node = h("div", { class: "photo-field", "data-field": options.field || "photo_ids" }, list, error);
  const changed = options.changed || (() => {});

  function chooser(label, icon, attributes) {
    const id = freshId("shot");
    const input = h("input", Object.assign({
      type: "file", id: id, accept: "image/*", class: "visually-hidden", "aria-describedby": error.id,
      onchange: (event) => take(event.target),
    }, attributes));
    return h("li", { class: "shot-add" }, input, h("label", { htmlFor: id }, h("span", { class: "icon " + icon, "aria-hidden": "true" }), label));
  }
  const adders = [
    chooser(say("photos.take"), "icon-camera", { capture: "environment" }),
    chooser(say("photos.choose"), "icon-album", { multiple: true }),
  ];
  draw();

  function draw() {
    const room = shots.length < page.photos_max;
    fill(list, shots.map((shot) => shot.node), room ? adders : null);
    node.classList.toggle("is-empty", shots.length === 0);
  }

  function take(input) {
    const files = Array.prototype.slice.call(input.files);
    input.value = "";
    error.hidden = true;
    files.forEach((file) => {
      if (shots.length >= page.photos_max) {
        complain(say("photos.too_many", { most: page.photos_max }));
        return;
      }
      begin(file);
    });
    draw();
    changed();
  }

  function begin(file) {
    const shot = entry(URL.createObjectURL(file));
    shot.send = () => {
      shot.failed = null;
      shot.bar.hidden = false;
      fill(shot.note);
      shot.done = smaller(file).then((blob) => upload(blob, (share) => {
        shot.bar.value = share;
      })).then((answer) => {
        shot.id = answer.id;
        shot.bar.hidden = true;
        shot.node.classList.add("is-sent");
        announce(say("photos.sent"));
        changed();
      }, (refused) => {
        shot.failed = refused;
        shot.bar.hidden = true;
        fill(shot.note, refused.message, refused instanceof Refused ? null
          : h("button", { type: "button", class: "link", onclick: shot.send }, say("retry")));
        announce(refused.message, true);
        changed();
      });
    };
    shot.send();
  }

  function entry(url) {
    const shot = { id: null, failed: null, done: Promise.resolve(), url: url };
    const number = shots.length + 1;
    shot.bar = h("progress", { max: "1", value: 0, hidden: true, "aria-label": say("photos.sending") });
    shot.note = h("span", { class: "shot-note" });
    shot.node = h("li", { class: "shot" },
      url ? h("img", { src: url, alt: say("photos.alt", { n: number }) }) : h("span", { class: "shot-kept" }, say("photos.kept")),
      shot.bar, shot.note,
      h("button", { type: "button", class: "shot-remove", "aria-label": say("photos.remove", { n: number }), onclick: () => drop(shot) }, "×"));
    shots.push(shot);
    return shot;
  }

  function drop(shot) {
    shots.splice(shots.indexOf(shot), 1);
    if (shot.url) {
      URL.revokeObjectURL(shot.url);
    }
    error.hidden = true;
    draw();
    changed();
    adders[0].querySelector("input").focus();
  }

  function complain(text) {
    error.textContent = text;
    error.hidden = !text;
  }

  return {
    node: node,
    complain: complain,
    ids: () => shots.filter((shot) => shot.id).map((shot) => shot.id),
    count: () => shots.length,
    waiting: () => shots.filter((shot) => !shot.id && !shot.failed).length,
    failed: () => shots.filter((shot) => shot.failed).length,
    settled: () => Promise.all(shots.map((shot) => shot.done)),
    keep: (ids) => {
      ids.forEach((id) => {
        entry(null).id = id;
      });
      draw();
    },
    clear: () => {
      shots.splice(0).forEach((shot) => shot.url && URL.revokeObjectURL(shot.url));
      complain("");
      draw();
    },
  };
}

/** A JPEG no larger than the service keeps. What cannot be decoded here goes as it is: the service decides. */
async function smaller(file) {
  const image = await decoded(file);
  if (!image) {
    return file;
  }
  const side = Math.max(image.naturalWidth, image.naturalHeight);
  if (side <= LONGEST_SIDE && file.size <= SMALL_ENOUGH) {
    return file;
  }
  const share = Math.min(1, LONGEST_SIDE / side);
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(image.naturalWidth * share);
  canvas.height = Math.round(image.naturalHeight * share);
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.85));
  return blob && blob.size < file.size ? blob : file;
}

function decoded(file) {
  return new Promise((resolve) => {
    const url = URL.createObjectURL(file);
    const image = new Image();
    image.onload = () => {
      URL.revokeObjectURL(url);
      resolve(image);
    };
    image.onerror = () => {
      URL.revokeObjectURL(url);
      resolve(null);
    };
    image.src = url;
  });
}

/** Photos of a ticket, each a link to the large one; what is still being processed says so. */
export function gallery(photos, label) {
  return h("ul", { class: "gallery" }, photos.map((photo, index) => {
    const alt = say("photos.of", { what: label, n: index + 1 });
    return h("li", null, photo.state === "ready"
      ? h("a", { href: photo.url, target: "_blank", rel: "noopener" }, h("img", { src: photo.thumbnail_url, alt: alt, loading: "lazy" }))
      : h("span", { class: "photo-waiting" }, say("photos.processing")));
  }));
}

export function processing(photos) {
  return photos.some((photo) => photo.state === "processing");
}
