/** English labels for pages that exist in Chinese alone: cases, their lists, notice boards. Loaded by
 *  modes.js for readers who came in English. What people wrote, and names, stay Chinese. */
const WORDS = new Map(Object.entries({{ words | tojson }}));
const PAGES = new Set({{ pages | tojson }});
const CONTENT = ".words, .case__link, .step__unit, .step__reason, .sheet h1, .board__table th, script";
const SPOKEN = ["aria-label", "alt", "placeholder", "data-label", "title"];
const CHINESE = /[\u3400-\u9fff]/;
const MONTHS =
  "January February March April May June July August September October November December".split(" ");
// A value in a sentence is a figure or a day: no sentence of ours swallows somebody else's words.
const VALUE = "(\\d[\\d年月日.,%:/-]*)";

const patterns = [...WORDS].filter(([chinese]) => chinese.includes("{}")).map(([chinese, english]) => {
  const parts = chinese.split("{}").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return [new RegExp(`^${parts.join(VALUE)}$`), english];
});

function day(text) {
  const [, year, month, of] = /^(?:(\d{4})年)?(\d{1,2})月(?:(\d{1,2})日)?$/.exec(text) ?? [];
  return month ? [of, MONTHS[month - 1], year].filter(Boolean).join(" ") : text;
}

/** The English of a whole text, or null where it is none of ours. */
export function english(text) {
  if (WORDS.has(text)) return WORDS.get(text);
  if (day(text) !== text) return day(text);
  const parts = text.split(" · ");
  if (parts.length > 1) {
    const said = parts.map(english);
    return said.includes(null) ? null : said.join(" · ");
  }
  for (const [pattern, sentence] of patterns) {
    const [, ...values] = pattern.exec(text) ?? [];
    if (values.length) return filled(sentence, values.map(day));
  }
  return null;
}

function filled(sentence, values) {
  let next = 0;
  return sentence.replace(/\{(\d*)(?::([^|}]*)\|([^}]*))?\}/g, (_, number, one, many) => {
    const value = values[number === "" ? next++ : +number];
    if (many === undefined) return value;
    return value === "1" ? one : many;
  });
}

function sayText(node) {
  const label = english(node.data.trim());
  if (label === null || node.parentElement.closest(CONTENT)) return;
  const afterDay = node.previousSibling?.localName === "time"; // «22 April 2026 reported»
  const said = afterDay ? label[0].toLowerCase() + label.slice(1) : label;
  const before = node.previousSibling && /^\w/.test(said) ? " " : ""; // Chinese needs no spaces
  const words = `${before}${said}${/\s$/.test(node.data) || node.nextSibling ? " " : ""}`;
  if (node.parentElement.childNodes.length === 1) {
    node.parentElement.lang = "en";
    node.data = words;
    return;
  }
  const span = document.createElement("span");
  span.lang = "en";
  span.textContent = words;
  node.replaceWith(span);
}

function sayAttributes(element) {
  for (const name of SPOKEN) {
    const said = english(element.getAttribute(name) ?? "");
    if (said !== null) element.setAttribute(name, said);
  }
}

/** `root` is the site's root, with a final slash. */
export function speakEnglish(root) {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const nodes = [];
  while (walker.nextNode()) if (CHINESE.test(walker.currentNode.data)) nodes.push(walker.currentNode);
  nodes.forEach(sayText);
  document.querySelectorAll(SPOKEN.map((name) => `[${name}]`).join()).forEach(sayAttributes);
  for (const link of document.querySelectorAll("header a, footer a, .crumbs a, header form")) {
    const name = link.localName === "form" ? "action" : "href";
    const [path, part] = new URL(link.getAttribute(name), document.baseURI).href.split("#");
    const page = path.startsWith(root) ? path.slice(root.length) : "";
    if (PAGES.has(page)) link.setAttribute(name, `${root}en/${page}${part ? `#${part}` : ""}`);
  }
}
