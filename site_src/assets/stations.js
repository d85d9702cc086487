/** The list of stations: only those that are open now or offer something, nearest first when the
 *  visitor allows it. Without this script the whole list is there, by level. */
const form = document.querySelector("[data-choose]");
const items = [...document.querySelectorAll("[data-station]")];
const groups = [...document.querySelectorAll("[data-group]")];
const near = document.querySelector("[data-group=near]");
const homes = new Map(items.map((item) => [item, item.parentElement]));

function wanted(places) {
  const amenities = [...form.querySelectorAll("[name=amenity]:checked")].map((box) => box.value);
  const openOnly = form.elements.open.checked;
  return (item) => {
    const offered = item.dataset.amenities.split(" ");
    const open = !openOnly || places.isOpen(item.dataset.open) === true;
    return open && amenities.every((amenity) => offered.includes(amenity));
  };
}

function show(places) {
  const isWanted = wanted(places);
  const shown = items.filter(isWanted);
  for (const item of items) item.hidden = !shown.includes(item);
  for (const group of groups) group.hidden = !group.querySelector("li:not([hidden])");
  const some = shown.length < items.length;
  form.querySelector("[data-status]").textContent = shown.length
    ? some ? places.say(`${shown.length} 处符合`, `${shown.length} found`) : ""
    : places.say("没有符合的，请少选几项。", "None found. Please choose fewer filters.");
  document.dispatchEvent(
    new CustomEvent("stations:shown", { detail: shown.map((item) => item.dataset.station) }),
  );
}

function sayWhetherOpen(places) {
  for (const item of items) {
    const open = places.isOpen(item.dataset.open);
    const tag = document.createElement("span");
    tag.className = open ? "tag tag--done" : "tag tag--ended";
    tag.textContent = open ? places.say("开放中", "open") : places.say("未开放", "closed");
    item.querySelector("[data-now]").replaceChildren(...(open === null ? [] : [" ", tag]));
  }
}

function sortByDistance(places, here) {
  const placed = items.filter((item) => item.dataset.lat && item.dataset.lon);
  const metres = new Map(
    placed.map((item) => [
      item,
      places.metresBetween(here, { lat: +item.dataset.lat, lon: +item.dataset.lon }),
    ]),
  );
  for (const item of placed) {
    const words = document.createElement("span");
    words.className = "tile__distance";
    words.textContent = places.distanceWords(metres.get(item));
    item.querySelector(".tile__distance")?.remove();
    item.querySelector(".tile__name").append(" ", words);
  }
  const order = (item) => metres.get(item) ?? Infinity;
  near.querySelector("ul").append(...[...items].sort((a, b) => order(a) - order(b)));
}

function sortByLevel() {
  for (const item of items) homes.get(item).append(item);
}

function offerDistance(places) {
  const box = form.querySelector("[data-locate]");
  const button = box.querySelector("button");
  const words = button.textContent;
  let byDistance = false;
  box.hidden = false;
  button.addEventListener("click", async () => {
    try {
      if (byDistance) {
        sortByLevel();
      } else {
        button.disabled = true;
        form.querySelector("[data-status]").textContent = places.say("正在定位……", "Locating…");
        sortByDistance(places, await places.visitorPlace());
      }
      byDistance = !byDistance;
      button.textContent = byDistance ? places.say("按级别排列", "Sort by level") : words;
      show(places);
    } catch (error) {
      form.querySelector("[data-status]").textContent =
        places.whyNoPlace(error) + places.say("列表仍按级别排列。", "The list is still sorted by level.");
    }
    button.disabled = false;
  });
}

if (form) {
  const places = await import(new URL(form.dataset.places, document.baseURI).href);
  form.hidden = false;
  form.addEventListener("change", () => show(places));
  form.addEventListener("submit", (event) => event.preventDefault());
  sayWhetherOpen(places);
  if (places.canLocate) offerDistance(places);
}
