/** 搜索: the page. The form asks, the list answers, the address remembers; search-index.js finds. */
import { loader } from "./search-files.js";
import { PAGE, Search } from "./search-index.js";
import { wordsOf } from "./search-text.js";

// What the page says of its own, in its own language.
const SAID = {
  zh: {
    day: (day) => day.replace(/^(\d+)-0?(\d+)-0?(\d+)$/, "$1年$2月$3日") + "上报",
    seeking: "正在查找……",
    failed: "网络不通，没有查成。请检查网络后重试。",
    none: "全部查过，没有找到。可以少写几个字、换个说法，或放宽筛选。",
    all: (count) => `共找到 ${count} 件。`,
    some: (count, year, month) =>
      `最近的 ${count} 件，查到 ${year}年${month}月，还有更早的。`,
    paused: (count, year, month) =>
      `已查到 ${year}年${month}月，${count ? `找到 ${count} 件` : "还没有找到"}；更早的尚未查。`,
    short: "请至少输入两个字：只有一个字，几乎件件都有。",
    goOn: "接着查更早的",
    retry: "重试",
  },
  en: {
    day: (day) => `Reported ${inEnglish(day, { day: "numeric" })}`,
    seeking: "Searching…",
    failed: "The search could not be completed. Check your connection and try again.",
    none: "Nothing found in any case. Try fewer characters, other words or fewer filters. Cases are written in Chinese.",
    all: (count) => `${count} ${count === 1 ? "case" : "cases"} found.`,
    some: (count, year, month) =>
      `The latest ${count}, back to ${inEnglish(`${year}-${month}-1`, {})}. There are older ones.`,
    paused: (count, year, month) =>
      `Searched back to ${inEnglish(`${year}-${month}-1`, {})}: ${count || "none"} found so far. Older cases have not been searched yet.`,
    short: "Enter at least two characters: nearly every case contains any single one.",
    goOn: "Search older cases",
    retry: "Try again",
  },
};

function inEnglish(day, more) {
  const [year, month, of] = day.split("-").map(Number);
  const form = { month: "long", year: "numeric", timeZone: "UTC", ...more };
  return new Intl.DateTimeFormat("en-GB", form).format(Date.UTC(year, month - 1, of));
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
  const more = older.textContent;
  let asked = 0;
  let search = null;
  let results = null; // null after a failure: the button asks once more

  async function showMore() {
    const mine = asked;
    older.disabled = true;
    found.textContent = said.seeking;
    const before = list.children.length;
    try {
      let last = {};
      do {
        last = await results.next();
        if (mine !== asked) return;
        const { value } = last;
        if (value) list.append(resultItem(value, root, said, stages.get(value.code) ?? value.stage));
      } while (last.value && list.children.length < before + PAGE);
      tell(last);
      const below = found.getBoundingClientRect().top > innerHeight / 2;
      if (!before && below) found.scrollIntoView(); // on a telephone the form fills the screen
      if (before) (list.children[before]?.querySelector("a") ?? found).focus();
    } catch {
      if (mine !== asked) return;
      results = null;
      found.textContent = said.failed;
      offer(said.retry);
    }
  }

  function tell({ done, value }) {
    const count = list.children.length;
    if (done) {
      found.textContent = count ? said.all(count) : said.none;
      older.hidden = true;
      return;
    }
    const [year, month] = search.month.split("-").map(Number);
    found.textContent = (value ? said.some : said.paused)(count, year, month);
    offer(value ? more : said.goOn);
  }

  function offer(what) {
    older.textContent = what;
    older.hidden = older.disabled = false;
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
  older.addEventListener("click", () => (results ? showMore() : ask()));
  addEventListener("popstate", fillIn);
  fillIn();
}

const form = document.querySelector("[data-search]");
if (form) start(form);
