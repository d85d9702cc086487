/** 长者模式: shows the button in the header and remembers the choice on this device. */
const button = document.querySelector("button[data-elder]");
const root = document.documentElement;

function show() {
  button.setAttribute("aria-pressed", String("elder" in root.dataset));
}

function toggle() {
  if ("elder" in root.dataset) delete root.dataset.elder;
  else root.dataset.elder = "";
  try {
    localStorage.setItem("elder", "elder" in root.dataset ? "1" : "0");
  } catch {
    // Storage is off: the choice holds for this page only.
  }
  show();
}

if (button) {
  button.hidden = false;
  button.addEventListener("click", toggle);
  show();
}
