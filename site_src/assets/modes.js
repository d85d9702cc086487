/** 长者模式 and 外观: the two switches in the header, which remember each choice on this device.
 *  The inline script in the head applies what is remembered before the page is drawn. */
const root = document.documentElement;

function remember(name, value) {
  try {
    if (value) localStorage.setItem(name, value);
    else localStorage.removeItem(name);
  } catch {
    // Storage is off: the choice holds for this page only.
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

const button = document.querySelector("button[data-elder]");
const choice = document.querySelector("select[data-theme]");
if (button) elderSwitch(button);
if (choice) themeSwitch(choice);
