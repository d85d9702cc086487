/** Search, the index: which months and which cases hold what is looked for, newest first.
 *  How its files are made: build_scripts/search_index.py and pages_search.py. Month by month: the
 *  signatures tell which months hold all terms, the shards which cases do, and the case's own words
 *  decide. Nothing is asked of any server but files. */
import { excerptOf, fold } from "./search-text.js";

const CODE_BITS = 26;
const SLICES = 512; // signature files
export const PAGE = 10; // results before «还有更早的»
const SHARDS_TOGETHER_MAX = 20; // in one round: about 25 KB
const TERMS_MAX = 4; // looked up of each word; the case's own words decide in the end
const FEW = 2; // so many candidates of a month are looked at rather than sifted by another shard
const WORTH = 0.7; // what is left of them, or else further shards are not worth their reading
const CHECKED_MIN = 6; // cases looked at together: one by one would take two rounds each
const ENOUGH = 32; // files read without ten results: the visitor decides whether to go on

const CRC = Uint32Array.from({ length: 256 }, (_, n) => {
  let rest = n;
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
  return rest;
});

/** A term's code: the first bits of its CRC-32. */
function codeOf(term) {
  let crc = 0xffffffff;
  for (const byte of new TextEncoder().encode(term)) crc = CRC[(crc ^ byte) & 255] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> (32 - CODE_BITS);
}

/** Codes of what is looked up for a word: the word itself if it is as short as a term, else three
 *  characters here and there. */
function codesOf(word) {
  const characters = Array.from(word);
  if (characters.length < 2) return [];
  const width = Math.min(characters.length, 3);
  const starts = characters.length - width;
  const count = Math.min(starts + 1, TERMS_MAX);
  return Array.from({ length: count }, (_, n) => {
    const at = Math.round((n * starts) / Math.max(1, count - 1));
    return codeOf(characters.slice(at, at + width).join(""));
  });
}

/** What a month's signature mixes the codes with: search_index.py's `signature_factor`. */
function factorOf(month) {
  const [year, number] = month.split("-").map(Number);
  return (Math.imul(year * 12 + number, 0x9e3779b1) & (2 ** CODE_BITS / SLICES - 1)) | 1;
}

/** The case numbers that a shard lists under `code`. */
function numbersIn(bytes, first, code) {
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
    const lead = next();
    const numbers = lead & 1 ? Array(lead >> 1) : [lead >> 1];
    if (lead & 1) for (let n = 0, number = 0; n < numbers.length; n++) numbers[n] = number += next();
    if (term === code) return numbers;
  }
  return [];
}

/** One question to the files below `root`. `load(path, kind)` answers JSON or bytes, null for a
 *  file that is not there. `results()` goes from the newest case to the oldest, and answers null
 *  where much was read for few results; `month` is where it has come to. A request takes longer on
 *  a slow line than a kilobyte, so what can be asked for at once is: the signatures, then shards of
 *  as many months as probably hold ten results, then lists, then texts. */
export class Search {
  constructor(load, words, filters) {
    this.read = 0; // files asked for since the last pause
    this.load = (path, kind) => {
      this.read += 1;
      return load(path, kind);
    };
    this.words = words;
    this.filters = Object.entries(filters).filter(([, code]) => code);
    const terms = this.filters.map(([kind, code]) => codeOf(`${kind} ${code}`));
    this.codes = [...new Set([...words.flatMap(codesOf), ...terms])];
    this.month = "";
  }

  async *results() {
    const [index, ...slices] = await Promise.all([
      this.load("search/index.json", "json"),
      ...this.codes.map((code) => {
        const slice = Math.floor((code * SLICES) / 2 ** CODE_BITS);
        return this.load(`search/bits-${slice.toString(16).padStart(3, "0")}.bin`, "bytes");
      }),
    ]);
    if (!index) throw new Error("no index");
    this.index = index;
    const months = this.possibleMonths(slices);
    const most = SHARDS_TOGETHER_MAX / Math.min(2, this.codes.length || 1);
    let together = Math.min(most, monthsForAPage(months, index.months.length));
    let found = 0;
    for (let at = 0; at < months.length; at += together) {
      if (at > 0) together = Math.min(together * 3, most);
      const candidates = await this.candidates(months.slice(at, at + together));
      while (candidates.length) {
        const some = candidates.splice(0, Math.max(CHECKED_MIN, PAGE - (found % PAGE)));
        for (const result of await Promise.all(some.map((one) => this.check(...one)))) {
          if (!result) continue;
          found += 1;
          this.month = result.month;
          if (found % PAGE === 0) this.read = 0;
          yield result;
        }
        this.month = some.at(-1)[0];
        if (candidates.length && this.enough()) yield null;
      }
      this.month = months[Math.min(at + together, months.length) - 1][0];
      if (at + together < months.length && this.enough()) yield null;
    }
    this.month = "";
  }

  enough() {
    if (this.read < ENOUGH) return false;
    this.read = 0;
    return true;
  }

  /** Months, newest first, whose signature holds all codes. */
  possibleMonths(slices) {
    const width = 2 ** CODE_BITS / SLICES;
    let start = 0;
    const counts = new Map(this.codes.map((code) => [code, 0]));
    const possible = this.index.months.filter(([month, , size]) => {
      const from = start;
      const bits = (size * 8) / SLICES;
      const factor = factorOf(month);
      start += bits / 8;
      const held = this.codes.filter((code, n) => {
        const mixed = Math.imul(code, factor) & (width - 1);
        const place = Math.floor((mixed * bits) / width);
        return !slices[n] || (slices[n][from + (place >> 3)] >> (place & 7)) & 1;
      });
      for (const code of held) counts.set(code, counts.get(code) + 1);
      return held.length === this.codes.length;
    });
    this.codes.sort((one, other) => counts.get(one) - counts.get(other)); // the rarest first
    return possible;
  }

  /** Cases of these months that may hold all codes, newest first, each as month and number. Two
   *  codes at a time, as long as the last two sorted out a good part and a month has many left. */
  async candidates(months) {
    const found = new Map();
    const count = () => months.reduce((sum, month) => sum + found.get(month).length, 0);
    let before = Infinity;
    for (let at = 0; at < this.codes.length; at += 2) {
      const codes = this.codes.slice(at, at + 2);
      await Promise.all(
        months.filter((month) => !at || found.get(month).length > FEW).map(async (month) => {
          const lists = await Promise.all(codes.map((code) => this.numbers(month, code)));
          if (found.has(month)) lists.unshift(found.get(month));
          const [first, ...others] = lists.map((numbers) => new Set(numbers));
          found.set(month, [...first].filter((number) => others.every((set) => set.has(number))));
        }),
      );
      if (count() > before * WORTH) break;
      before = count();
    }
    return months.flatMap((month) =>
      found.get(month).reverse().map((number) => [month[0], number]),
    );
  }

  /** Numbers of the cases of a month that hold a code. */
  async numbers([month, shards], code) {
    const width = 2 ** CODE_BITS / shards;
    const shard = Math.floor(code / width);
    const name = `search-${shard.toString(16).padStart(3, "0")}.bin`;
    const bytes = await this.load(`${folderOf(month)}/${name}`, "bytes");
    return bytes ? numbersIn(bytes, shard * width, code) : [];
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
    const result = { ...row, month, category, code: row.stage, stage, tone, path: `${path}.html`, excerpt: null };
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

/** How many of the possible months probably hold ten results, if what is in that share of all
 *  months lies among the cases by chance: in all of them often, in few of them once in each; but
 *  at least months of three times as many cases. */
function monthsForAPage(possible, all) {
  const share = Math.min(possible.length / all, 0.97);
  const each = share ? -Math.log(1 - share) / share : 1;
  let cases = 0;
  const held = possible.findIndex(([, , , count]) => (cases += count) >= 3 * PAGE) + 1;
  return Math.max(Math.ceil(PAGE / each), held || possible.length, 1);
}

function folderOf(month) {
  return `cases/${month.replace("-", "/")}`;
}
