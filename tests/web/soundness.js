// What a screen reader, a thumb or a keyboard would stumble over on the page as it stands: {check: [offenders]}.
() => {
  const all = (selector) => [...document.querySelectorAll(selector)];
  const visible = (node) => node.offsetParent !== null;
  const html = (node) => node.outerHTML.slice(0, 300);
  const labelled = (node) => node.getAttribute("aria-label") || (node.labels && node.labels[0] && node.labels[0].textContent.trim());
  const named = (node) => node.textContent.trim() || node.getAttribute("aria-label") || node.querySelector("img[alt]:not([alt=''])");
  const headings = all("h1").filter(visible);
  const ids = all("[id]").map((node) => node.id);
  const ranks = all("h1, h2, h3, h4").filter(visible).map((node) => Number(node.tagName[1]));
  const targets = "button, .button, .tabs a, .chip label, select, summary";
  const found = {
    "one heading of the first rank": headings.length === 1 ? [] : ["there are " + headings.length].concat(headings.map(html)),
    "every field has a name": all("input, select, textarea").filter((node) => !labelled(node)).map(html),
    "every button and link has words": all("button, a").filter((node) => !named(node)).map(html),
    "every picture has an alternative": [...document.images].filter((node) => !node.hasAttribute("alt")).map(html),
    "ids are unique": ids.filter((id, index) => ids.indexOf(id) !== index),
    "what describes a field exists": all("[aria-describedby]").filter((node) => !document.getElementById(node.getAttribute("aria-describedby"))).map(html),
    "targets are as large as a thumb": all(targets).filter((node) => visible(node) && node.getBoundingClientRect().height < 43.5).map(html),
    "headings go down one rank at a time": ranks.filter((rank, index) => index && rank > ranks[index - 1] + 1),
    "the language is named": document.documentElement.lang ? [] : ["html"],
    "nothing is wider than the screen": [document.documentElement.scrollWidth - document.documentElement.clientWidth].filter((excess) => excess > 0),
  };
  return Object.fromEntries(Object.entries(found).filter(([, offenders]) => offenders.length));
}
