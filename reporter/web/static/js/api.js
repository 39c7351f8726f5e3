// The way to the API. A session lives in a cookie that scripts cannot read; writes carry the token that belongs to it.

import { say } from "./words.js";

const BASE = "/api/v1";
const PATIENCE_MS = 30000;
let csrf = null;

/** The service said no; ``fields`` are name → sentence, ``present`` what to look at now. */
export class Refused extends Error {
  constructor(status, error) {
    super(error.message || say("failed"));
    this.status = status;
    this.code = error.code || "error";
    this.fields = error.fields || {};
    this.present = error.present || null;
  }
}

/** No answer: the phone is offline, or the line broke. Whether the service heard us is unknown. */
export class Unreachable extends Error {
  constructor() {
    super(say("unreachable"));
    this.fields = {};
  }
}

/** get("/tickets", {status: "open"}): the answer's JSON. Throws Refused, Unreachable. */
export async function get(path, query) {
  return answer(await ask("GET", path + search(query), null, {}));
}

export async function post(path, body, headers) {
  return send("POST", path, body, headers || {});
}

export async function remove(path) {
  return send("DELETE", path, null, {});
}

/** Log in; the answer sets the cookie. */
export async function logIn(how, body) {
  const session = answer(await ask("POST", "/sessions/" + how, body, { "X-Session-Cookie": "1" }));
  csrf = session.csrf_token;
  return session;
}

/** Send a photo; ``progress`` hears a share from 0 to 1. */
export async function upload(blob, progress) {
  await ready();
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const form = new FormData();
    form.append("file", blob, "photo.jpg");
    request.open("POST", BASE + "/photos");
    request.setRequestHeader("X-CSRF-Token", csrf);
    request.responseType = "json";
    request.timeout = 120000;
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) {
        progress(event.loaded / event.total);
      }
    };
    request.onload = () => {
      try {
        resolve(answer({ status: request.status, body: request.response }));
      } catch (refused) {
        reject(refused);
      }
    };
    request.onerror = request.ontimeout = request.onabort = () => reject(new Unreachable());
    request.send(form);
  });
}

/** {a: 1, b: null} → "?a=1" */
export function search(query) {
  const parts = new URLSearchParams();
  Object.keys(query || {}).forEach((name) => {
    const value = query[name];
    if (value !== null && value !== undefined && value !== "") {
      parts.append(name, value);
    }
  });
  const text = parts.toString();
  return text ? "?" + text : "";
}

async function send(method, path, body, headers) {
  await ready();
  let heard = await ask(method, path, body, Object.assign({ "X-CSRF-Token": csrf }, headers));
  if (heard.status === 403) {
    const stale = csrf; // perhaps the session changed in another tab: one more try, if the token is another one now
    csrf = null;
    await ready();
    if (csrf !== stale) {
      heard = await ask(method, path, body, Object.assign({ "X-CSRF-Token": csrf }, headers));
    }
  }
  return answer(heard);
}

async function ready() {
  if (csrf === null) {
    csrf = (await get("/me/csrf")).csrf_token;
  }
}

async function ask(method, path, body, headers) {
  const stopper = new AbortController();
  const timer = window.setTimeout(() => stopper.abort(), PATIENCE_MS);
  try {
    const options = { method: method, credentials: "same-origin", signal: stopper.signal, headers: Object.assign({}, headers) };
    if (body !== null) {
      options.body = JSON.stringify(body);
      options.headers["Content-Type"] = "application/json";
    }
    const response = await fetch(BASE + path, options);
    return { status: response.status, body: response.status === 204 ? null : await response.json() };
  } catch (_error) {
    throw new Unreachable();
  } finally {
    window.clearTimeout(timer);
  }
}

function answer(heard) {
  if (heard.status >= 200 && heard.status < 300) {
    return heard.body;
  }
  if (heard.status === 401) {
    document.dispatchEvent(new CustomEvent("signed-out"));
  }
  throw new Refused(heard.status, (heard.body && heard.body.error) || {});
}
