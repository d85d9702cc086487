/** 长者模式, 外观 and the language: the switches in the header, which remember each choice on this
 *  device. The inline script in the head applies what is remembered before the page is drawn. */
const root = document.documentElement;

function remember(name, value) {
  try {
    if (value) localStorage.setItem(name, value);
    else localStorage.removeItem(name);
  } catch {
    // Storage is off: the choice holds for this page only.
  }
}

/** The language holds for this tab alone: a link from somebody else opens as it was sent. */
function rememberHere(name, value) {
  try {
    sessionStorage.setItem(name, value);
  } catch {
    // Storage is off: the choice holds for this page only.
  }
}

function recalled(name) {
  try {
    return sessionStorage.getItem(name);
  } catch {
    return null;
  }
}

function elderSwitch(button) {
  const show = () => button.setAttribute("aria-pressed", String("elder" in root.dataset));
  button.addEventListener("click", () => {
    if ("elder" in root.dataset) delete root.dataset.elder;
    else root.dataset.elder = "";
    remember("elder", "elder" in root.dataset ? "1" : "");
    show();
  });
  show();
}

function themeSwitch(choice) {
  choice.value = root.dataset.theme ?? "";
  choice.addEventListener("change", () => {
    if (choice.value) root.dataset.theme = choice.value;
    else delete root.dataset.theme;
    remember("theme", choice.value);
  });
}

/** Pages that exist in Chinese alone (cases, their lists, notice boards) say their labels in English
 *  to a reader who came in English, or asks for it; otherwise the switch leads to the twin. */
function languageSwitch(link) {
  const [up, twin] = link.getAttribute("href").split("en/");
  const site = new URL(up || ".", document.baseURI).href;
  const page = location.href.slice(site.length).split(/[?#]/)[0] || "index.html";
  const alone = link.lang === "en" && page !== twin;
  const speak = async () => {
    const { speakEnglish } = await import(`${site}en/labels.js`);
    link.lang = link.hreflang = "zh-CN";
    link.textContent = "中文";
    link.href = location.href;
    speakEnglish(site);
  };
  const wanted = recalled("language") === "en";
  if (link.lang !== "en") rememberHere("language", "en");
  else if (!alone) rememberHere("language", "");
  else if (wanted) speak();
  link.addEventListener("click", (event) => {
    if (!alone) return;
    event.preventDefault();
    const english = link.lang === "en";
    rememberHere("language", english ? "en" : "");
    if (english) speak();
    else location.reload();
  });
}

const button = document.querySelector("button[data-elder]");
const choice = document.querySelector("select[data-theme]");
const language = document.querySelector("a.tool[hreflang]");
if (button) elderSwitch(button);
if (choice) themeSwitch(choice);
if (language) languageSwitch(language);
