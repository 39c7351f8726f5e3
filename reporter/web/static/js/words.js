// The words of the page in the reader's language, and the facts it starts from; both come with the HTML.

const found = {};
document.querySelectorAll("script[data-words]").forEach((block) => {
  Object.assign(found, JSON.parse(block.textContent));
});

export const page = JSON.parse(document.getElementById("page").textContent);

/** say("left", {time: "2 小时"}): the sentence of this key with its braces filled. */
export function say(key, filling) {
  const text = found[key];
  if (text === undefined) {
    throw new Error("no words for " + key);
  }
  return text.replace(/\{(\w+)\}/g, (_all, name) => (filling && filling[name] !== undefined ? filling[name] : ""));
}

/** The same where the key comes from data: a word nobody translated is shown as it is. */
export function sayOr(key, otherwise) {
  return found[key] === undefined ? otherwise : found[key];
}
