/** Search, the files: each is asked for once while it is remembered. */

const KEPT_MAX = 400; // files kept in memory while the page is open

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
