/** 搜索: finds every case that contains what was typed, newest first, in static files.
 *  How they are made: build_scripts/search_index.py and pages_search.py. Month by month: the
 *  signatures tell which months hold all pairs of characters, the shards which cases do, and the
 *  case's own words decide. Nothing is asked of any server but files. */

// What the page says of its own, in its own language.
const SAID = {
  zh: {
    day: (day) => day.replace(/^(\d+)-0?(\d+)-0?(\d+)$/, "$1年$2月$3日") + "上报",
    seeking: "正在查找……",
    failed: "没有取到索引，请检查网络后再按一次“搜索”。",
    none: "没有找到。可以少写几个字，或放宽筛选。",
    all: (count) => `共找到 ${count} 件。`,
    some: (count, year, month) =>
      `最近的 ${count} 件，查到 ${year}年${month}月，还有更早的。`,
    short: "请至少输入两个字。",
  },
  en: {
    day: (day) => `Reported ${inEnglish(day, { day: "numeric" })}`,
    seeking: "Searching…",
    failed: "The index could not be loaded. Check your connection and press Search again.",
    none: "Nothing found. Try fewer characters or fewer filters. Cases are written in Chinese.",
    all: (count) => `${count} ${count === 1 ? "case" : "cases"} found.`,
    some: (count, year, month) =>
      `The latest ${count}, back to ${inEnglish(`${year}-${month}-1`, {})}. There are older ones.`,
    short: "Enter at least two characters.",
  },
};

function inEnglish(day, more) {
  const [year, month, of] = day.split("-").map(Number);
  const form = { month: "long", year: "numeric", timeZone: "UTC", ...more };
  return new Intl.DateTimeFormat("en-GB", form).format(Date.UTC(year, month - 1, of));
}

const CODE_BITS = 26;
const SLICES = 256; // signature files
const PAGE = 10; // results before «还有更早的»
const CHECKED_TOGETHER = 10; // cases whose words are fetched at the same time
const MONTHS_TOGETHER_MAX = 16;
const KEPT_MAX = 400; // files kept in memory while the page is open
const PAIRS_MAX = 4; // looked up of each word; the case's own words decide in the end
const FEW = 2; // so many candidates are looked at rather than sifted by another shard
const EXCERPT = 28; // characters shown before and after what was found
// White space, control characters, joiners, marks of direction; the list of search_index.py.
const PASSED_OVER =
  /[\x00-\x20\x7f-\xa0\xad\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]/g;

const CRC = Uint32Array.from({ length: 256 }, (_, n) => {
  let rest = n;
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
  return rest;
});

/** A term's code: the first bits of its CRC-32. */
export function codeOf(term) {
  let crc = 0xffffffff;
  for (const byte of new TextEncoder().encode(term)) crc = CRC[(crc ^ byte) & 255] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> (32 - CODE_BITS);
}

/** Text as it is compared, character by character. */
export function fold(text) {
  let folded = "";
  for (const character of text) folded += foldCharacter(character);
  return folded;
}

function foldCharacter(character) {
  return character.normalize("NFKC").toLowerCase().replace(PASSED_OVER, "");
}

/** What was typed as words, each of which a case must contain; [] when that is less than two
 *  characters. */
export function wordsOf(typed) {
  const words = typed.split(/\s+/).map(fold).filter(Boolean);
  if (words.some((word) => Array.from(word).length > 1)) return [...new Set(words)];
  const together = words.join("");
  return Array.from(together).length > 1 ? [together] : [];
}

/** Codes of the pairs that are looked up for a word: all of a short one, some of a long one. */
function codesOf(word) {
  const characters = Array.from(word);
  const pairs = characters.slice(1).map((character, at) => characters[at] + character);
  const step = Math.max(1, (pairs.length - 1) / (PAIRS_MAX - 1));
  const count = Math.min(pairs.length, PAIRS_MAX);
  return Array.from({ length: count }, (_, n) => codeOf(pairs[Math.round(n * step)]));
}

/** The case numbers that a shard lists under `code`. */
export function numbersIn(bytes, first, code) {
  let at = 0;
  const next = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  for (let term = first; at < bytes.length; ) {
    term += next();
    if (term > code) return [];
    const numbers = Array(next());
    let number = 0;
    for (let n = 0; n < numbers.length; n++) numbers[n] = number += next();
    if (term === code) return numbers;
  }
  return [];
}

/** One question to the files below `root`. `load(path, kind)` answers JSON or bytes, null for a
 *  file that is not there. `results()` goes from the newest case to the oldest; `month` is where
 *  it has come to. */
export class Search {
  constructor(load, words, filters) {
    this.load = load;
    this.words = words;
    this.filters = Object.entries(filters).filter(([, code]) => code);
    const terms = this.filters.map(([kind, code]) => codeOf(`${kind} ${code}`));
    this.codes = [...new Set([...words.flatMap(codesOf), ...terms])];
    this.month = "";
  }

  async *results() {
    this.index = await this.load("search/index.json", "json");
    if (!this.index) throw new Error("no index");
    const months = await this.possibleMonths();
    for (let at = 0, together = 1; at < months.length; at += together) {
      if (at > 0) together = Math.min(together * 2, MONTHS_TOGETHER_MAX);
      const batch = months.slice(at, at + together);
      const found = await Promise.all(batch.map((month) => this.candidates(month)));
      for (const [place, numbers] of found.entries()) {
        this.month = batch[place][0];
        yield* this.checked(this.month, numbers);
      }
    }
    this.month = "";
  }

  /** Months, newest first, whose signature holds all codes. */
  async possibleMonths() {
    const slices = await Promise.all(
      this.codes.map((code) => {
        const slice = Math.floor(code / 2 ** (CODE_BITS - 8));
        return this.load(`search/bits-${slice.toString(16).padStart(2, "0")}.bin`, "bytes");
      }),
    );
    let start = 0;
    const counts = new Map(this.codes.map((code) => [code, 0]));
    const possible = this.index.months.filter(([, , size]) => {
      const from = start;
      start += size / SLICES;
      const held = this.codes.filter((code, n) => {
        const place = Math.floor((code * size * 8) / 2 ** CODE_BITS) % ((size * 8) / SLICES);
        return !slices[n] || (slices[n][from + (place >> 3)] >> (place & 7)) & 1;
      });
      for (const code of held) counts.set(code, counts.get(code) + 1);
      return held.length === this.codes.length;
    });
    this.codes.sort((one, other) => counts.get(one) - counts.get(other)); // the rarest first
    return possible;
  }

  /** Numbers of the cases of a month that may hold all codes, newest first. */
  async candidates([month, shards]) {
    const width = 2 ** CODE_BITS / shards;
    let numbers = null;
    for (const code of this.codes) {
      if (numbers && numbers.length <= FEW) break;
      const shard = Math.floor(code / width);
      const name = `search-${shard.toString(16).padStart(3, "0")}.bin`;
      const bytes = await this.load(`${folderOf(month)}/${name}`, "bytes");
      const held = new Set(bytes ? numbersIn(bytes, shard * width, code) : []);
      numbers = numbers ? numbers.filter((number) => held.has(number)) : [...held];
    }
    return numbers.reverse();
  }

  async *checked(month, numbers) {
    for (let at = 0; at < numbers.length; at += CHECKED_TOGETHER) {
      const some = numbers.slice(at, at + CHECKED_TOGETHER);
      const found = await Promise.all(some.map((number) => this.check(month, number)));
      yield* found.filter(Boolean);
    }
  }

  /** The case if it contains every word and passes every filter, with an excerpt; else null. */
  async check(month, number) {
    const sheet = String(Math.floor(number / this.index.list)).padStart(3, "0");
    const list = await this.load(`${folderOf(month)}/search-list-${sheet}.json`, "json");
    const row = list?.find(({ n }) => n === number);
    if (!row || this.filters.some(([kind, code]) => row[kind] !== code)) return null;
    const category = this.index.categories[row.category] ?? row.category;
    const [stage, tone] = this.index.stages[row.stage] ?? [row.stage, "doing"];
    const path = `${folderOf(month)}/${row.id}`;
    const result = { ...row, category, code: row.stage, stage, tone, path: `${path}.html`, excerpt: null };
    const seen = [row.title, category, row.place].map(fold);
    const missing = this.words.filter((word) => !seen.some((text) => text.includes(word)));
    if (missing.length === 0) return result;
    const twin = await this.load(`${path}.json`, "json");
    if (!twin) return null;
    const texts = [twin.text, twin.result];
    const folded = texts.map(fold);
    if (!missing.every((word) => folded.some((text) => text.includes(word)))) return null;
    const source = folded.findIndex((text) => text.includes(missing[0]));
    return { ...result, excerpt: excerptOf(texts[source], missing[0]) };
  }
}

function folderOf(month) {
  return `cases/${month.replace("-", "/")}`;
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

/** Reads files below `root`, each once while it is remembered. Always asks whether a file is still
 *  the same: shards and lists of one month must come from one build. */
export function loader(root, fetching = fetch) {
  const kept = new Map();
  const read = async (path, kind) => {
    const answer = await fetching(root + path, { cache: "no-cache" });
    if (answer.status === 404 || answer.status === 410) return null;
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    return kind === "json" ? answer.json() : new Uint8Array(await answer.arrayBuffer());
  };
  return (path, kind) => {
    if (!kept.has(path)) {
      if (kept.size >= KEPT_MAX) kept.clear();
      const reading = read(path, kind);
      kept.set(path, reading);
      reading.catch(() => kept.delete(path));
    }
    return kept.get(path);
  };
}

function element(name, className, ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

function resultItem(result, root, said, stage) {
  const link = element("a", "case__link", result.title);
  link.href = root + result.path;
  const time = element("time", "", said.day(result.day));
  time.dateTime = result.day;
  const tag = element("span", `tag tag--${result.tone}`, stage);
  const place = element("span", "", `${result.category} · ${result.place}`);
  const item = element("li", "case", link);
  item.dataset.case = result.id;
  const excerpt = element("p", "case__excerpt");
  if (result.excerpt) {
    const [before, found, after] = result.excerpt;
    excerpt.append(before, element("mark", "", found), after);
    item.append(excerpt);
  }
  for (const chinese of [link, place, excerpt]) chinese.lang = "zh-CN";
  item.append(element("p", "case__meta", tag, " ", place), element("p", "case__meta", time));
  return item;
}

/** The page: the form asks, the list answers, the address remembers. */
function start(form) {
  const root = form.dataset.search;
  const said = SAID[document.documentElement.lang.startsWith("en") ? "en" : "zh"];
  const stages = new Map(Array.from(form.elements.stage.options, ({ value, text }) => [value, text]));
  const load = loader(root);
  const found = document.querySelector("[data-found]");
  const list = document.querySelector("[data-results]");
  const older = document.querySelector("[data-older]");
  let asked = 0;
  let search = null;
  let results = null;

  async function showMore() {
    const mine = asked;
    older.disabled = true;
    found.textContent = said.seeking;
    const before = list.children.length;
    try {
      let ended = false;
      while (!ended && list.children.length < before + PAGE) {
        const { done, value } = await results.next();
        if (mine !== asked) return;
        ended = done;
        if (!done) list.append(resultItem(value, root, said, stages.get(value.code) ?? value.stage));
      }
      tell(ended);
      if (before) (list.children[before]?.querySelector("a") ?? found).focus();
    } catch {
      if (mine !== asked) return;
      found.textContent = said.failed;
      older.hidden = true;
    }
  }

  function tell(ended) {
    const count = list.children.length;
    older.hidden = ended;
    older.disabled = false;
    if (!count) found.textContent = said.none;
    else if (ended) found.textContent = said.all(count);
    else {
      const [year, month] = search.month.split("-").map(Number);
      found.textContent = said.some(count, year, month);
    }
  }

  function ask() {
    asked += 1;
    list.replaceChildren();
    older.hidden = true;
    const { q, ...filters } = Object.fromEntries(new FormData(form));
    const words = wordsOf(q);
    if (!words.length && (q.trim() || !Object.values(filters).some(Boolean))) {
      found.textContent = q.trim() ? said.short : "";
      return;
    }
    search = new Search(load, words, filters);
    results = search.results();
    showMore();
  }

  function fillIn() {
    const given = new URLSearchParams(location.search);
    for (const field of form.elements) if (field.name) field.value = given.get(field.name) ?? "";
    ask();
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const given = [...new FormData(form)].filter(([, value]) => value);
    history.pushState(null, "", `?${new URLSearchParams(given)}`);
    ask();
  });
  older.addEventListener("click", showMore);
  addEventListener("popstate", fillIn);
  fillIn();
}

if (typeof document !== "undefined") {
  const form = document.querySelector("[data-search]");
  if (form) start(form);
}
