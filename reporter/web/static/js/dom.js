// Makes elements. Text always goes in as text, never as markup, so that no word of anybody can become code.

const SVG = "http://www.w3.org/2000/svg";
const PROPERTIES = ["value", "checked", "selected", "disabled", "hidden", "required", "htmlFor", "multiple", "open"];

/** h("p", {class: "hint", onclick: f}, "text", node, [nodes]); null and false children are left out. */
export function h(tag, props, ...children) {
  return dress(document.createElement(tag), props, children);
}

/** The same for drawings. */
export function svg(tag, props, ...children) {
  return dress(document.createElementNS(SVG, tag), props, children);
}

function dress(node, props, children) {
  Object.keys(props || {}).forEach((name) => {
    const value = props[name];
    if (value === null || value === undefined || value === false) {
      return;
    }
    if (name.indexOf("on") === 0) {
      node.addEventListener(name.slice(2), value);
    } else if (PROPERTIES.indexOf(name) >= 0) {
      node[name] = value;
    } else {
      node.setAttribute(name, value === true ? "" : value);
    }
  });
  add(node, children);
  return node;
}

function add(node, child) {
  if (Array.isArray(child)) {
    child.forEach((one) => add(node, one));
  } else if (child !== null && child !== undefined && child !== false && child !== "") {
    node.appendChild(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

/** Put these children in place of what a node holds. */
export function fill(node, ...children) {
  while (node.firstChild) {
    node.removeChild(node.firstChild);
  }
  add(node, children);
  return node;
}

export function byId(id) {
  return document.getElementById(id);
}

let numbered = 0;

/** An id nobody else has, to tie labels and hints to their field. */
export function freshId(stem) {
  numbered += 1;
  return stem + "-" + numbered;
}

/** Say something to those who hear the page; ``urgent`` interrupts. */
export function announce(text, urgent) {
  const place = byId(urgent ? "alert" : "status");
  if (place) {
    place.textContent = "";
    window.setTimeout(() => {
      place.textContent = text;
    }, 50);
  }
}

/** Bring a node to the reader: scrolled to, and the next key press starts there. */
export function attend(node) {
  if (!node.hasAttribute("tabindex") && !/^(a|button|input|select|textarea)$/i.test(node.tagName)) {
    node.setAttribute("tabindex", "-1");
  }
  node.focus({ preventScroll: true });
  node.scrollIntoView({ block: "center" });
}
