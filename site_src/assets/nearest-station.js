/** Home: the nearest station, found when the visitor asks for it. Nothing is loaded before the tap,
 *  and the visitor's place never leaves the device. */
const box = document.querySelector("[data-nearest]");
const address = (relative) => new URL(relative, document.baseURI).href;

async function nearest(places) {
  const here = await places.visitorPlace();
  const reply = await fetch(address(box.dataset.nearest));
  if (!reply.ok) throw new Error(String(reply.status));
  const { stations } = await reply.json();
  const measured = stations.map((station) => ({
    ...station,
    metres: places.metresBetween(here, station),
  }));
  return measured.sort((one, other) => one.metres - other.metres)[0];
}

function show(station, places, answer) {
  const link = document.createElement("a");
  link.href = box.dataset.root + station.path;
  link.textContent = station.name;
  const open = places.isOpen(station.open);
  const now = open === null ? "" : open ? "，现在开放" : "，现在不在开放时间";
  const hours = station.hours ? `（${station.hours}）` : "";
  answer.replaceChildren(link, ` ${places.distanceWords(station.metres)}${now}${hours}`);
}

async function ask(button, answer) {
  button.disabled = true;
  answer.textContent = "正在定位……";
  try {
    const places = await import(address(box.dataset.places));
    const station = await nearest(places);
    if (station) show(station, places, answer);
    else answer.textContent = "还没有登记位置。";
  } catch {
    answer.textContent = "没有取得位置，请看全部列表。";
  }
  button.disabled = false;
}

if (box && "geolocation" in navigator) {
  const button = box.querySelector("button");
  box.hidden = false;
  button.addEventListener("click", () => ask(button, box.querySelector("[role=status]")));
}
