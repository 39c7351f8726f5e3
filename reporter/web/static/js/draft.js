// What somebody is about to report, kept in this tab until the service has answered: a resend is then the same report.

const KEY = "draft";

/** {key, text, photo_ids, …}: as it was left, or a new one. ``key`` is the client_request_id. */
export function draft() {
  let kept = null;
  try {
    kept = JSON.parse(sessionStorage.getItem(KEY));
  } catch (_broken) {
    kept = null;
  }
  if (!kept || !kept.key) {
    kept = { key: newKey() };
    keep(kept);
  }
  return kept;
}

export function keep(changes) {
  const before = sessionStorage.getItem(KEY);
  try {
    sessionStorage.setItem(KEY, JSON.stringify(Object.assign(before ? JSON.parse(before) : {}, changes)));
  } catch (_full) {
    // without storage a reload loses the draft; sending still works
  }
}

export function forget() {
  sessionStorage.removeItem(KEY);
}

/** A random UUID; crypto.randomUUID is missing on old phones and outside https. */
function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = Array.prototype.map.call(bytes, (byte) => (byte + 256).toString(16).slice(1)).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
