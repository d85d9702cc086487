/** Search, the text: how it is compared, what was typed as words, what is shown around a word.
 *  `fold` gives what build_scripts/search_index.py's `fold` gives. No request, no page. */
import { SIMPLIFIED } from "./simplified.js";

const EXCERPT = 28; // characters shown before and after what was found
// White space, control characters, joiners, marks of direction; the list of search_index.py.
const PASSED_OVER =
  /[\x00-\x20\x7f-\xa0\xad\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]/g;

/** Text as it is compared, character by character, traditional ones as simplified. */
export function fold(text) {
  let folded = "";
  for (const character of text) folded += foldCharacter(character);
  return folded;
}

function foldCharacter(character) {
  const plain = character.normalize("NFKC").toLowerCase().replace(PASSED_OVER, "");
  let folded = "";
  for (const one of plain) folded += SIMPLIFIED.get(one) ?? one;
  return folded;
}

/** What was typed as words, each of which a case must contain; [] when that is less than two
 *  characters. */
export function wordsOf(typed) {
  const words = typed.split(/\s+/).map(fold).filter(Boolean);
  if (words.some((word) => Array.from(word).length > 1)) return [...new Set(words)];
  const together = words.join("");
  return Array.from(together).length > 1 ? [together] : [];
}

/** The words around the first place where the folded text contains `word`: before, it, after. */
export function excerptOf(text, word) {
  const characters = Array.from(text);
  const starts = []; // for each folded character, the character it comes from
  let folded = "";
  for (const [at, character] of characters.entries()) {
    const plain = foldCharacter(character);
    for (let n = 0; n < plain.length; n++) starts.push(at);
    folded += plain;
  }
  const found = folded.indexOf(word);
  const [first, last] = [starts[found], starts[found + word.length - 1] + 1];
  const from = Math.max(0, first - EXCERPT);
  const to = Math.min(characters.length, last + EXCERPT);
  const slice = (a, b) => characters.slice(a, b).join("").replace(/\s+/g, " ");
  return [
    (from ? "…" : "") + slice(from, first),
    slice(first, last),
    slice(last, to) + (to < characters.length ? "…" : ""),
  ];
}
