/** Asks the published site's own scripts, with files read from a folder instead of fetched.
 *  In: the folder, and how many results to ask for at most, as arguments; on standard input one JSON list of questions, each {q, …filters}.
 *  Out: for each, a JSON line: ids of the results, and for the first page and for all of them how
 *  many files and bytes were read, as they are and compressed, and in how many rounds: files that
 *  were asked for while none had come since are one round. `paused` tells that the first page has
 *  fewer results because it had read enough. */
import { readFileSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { loader } from "../site_src/assets/search-files.js";
import { Search } from "../site_src/assets/search-index.js";
import { wordsOf } from "../site_src/assets/search-text.js";

const PAGE = 10;
const HEADERS = { ok: true, status: 200 };

function counting(folder) {
  const read = { files: 0, bytes: 0, compressed: 0, rounds: 0 };
  const fetching = async (path) => {
    read.files += 1;
    const round = read.rounds + 1;
    await setImmediate();
    read.rounds = Math.max(read.rounds, round);
    let content;
    try {
      content = readFileSync(path);
    } catch {
      return { ok: false, status: 404 };
    }
    read.bytes += content.length;
    read.compressed += Math.min(content.length, gzipSync(content, { level: 6 }).length);
    return { ...HEADERS, json: async () => JSON.parse(content), arrayBuffer: async () => content };
  };
  return { read, load: loader(`${folder}/`, fetching) };
}

async function answer(folder, results, { q, ...filters }) {
  const { read, load } = counting(folder);
  const ids = [];
  let first = null;
  let paused = false;
  for await (const result of new Search(load, wordsOf(q), filters).results()) {
    if (result) ids.push(result.id);
    paused ||= !result && !first;
    if (!result || ids.length === PAGE) first ??= { ...read };
    if (ids.length >= results) break;
  }
  return { ids, paused, first: first ?? { ...read }, all: { ...read } };
}

const [folder, results] = process.argv.slice(2);
for (const question of JSON.parse(readFileSync(0, "utf-8"))) {
  console.log(JSON.stringify(await answer(folder, Number(results ?? Infinity), question)));
}
