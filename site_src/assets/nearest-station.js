/** Home: the nearest station, found when the visitor asks for it. Nothing is loaded before the tap,
 *  and the visitor's place never leaves the device. */
const box = document.querySelector("[data-nearest]");
const say = (chinese, english) => (document.documentElement.lang === "en" ? english : chinese);
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
  const now = open ? say("，现在开放", ", open now") : say("，现在不在开放时间", ", closed now");
  const hours = station.hours ? say(`（${station.hours}）`, "") : "";
  link.lang = "zh-CN";
  answer.replaceChildren(
    link,
    ` ${places.distanceWords(station.metres)}${open === null ? "" : now}${hours}`,
  );
}

async function ask(button, answer) {
  button.disabled = true;
  answer.textContent = say("正在定位……", "Locating…");
  let places;
  try {
    places = await import(address(box.dataset.places));
    const station = await nearest(places);
    if (station) show(station, places, answer);
    else answer.textContent = say("还没有登记位置。", "No station has a place yet.");
  } catch (error) {
    const why = places?.whyNoPlace(error) ?? say("没有取得位置，请稍后再试。", "No location. ");
    answer.textContent = why + say("也可以看全部列表。", "The full list is there, too.");
  }
  button.disabled = false;
}

if (box && "geolocation" in navigator && isSecureContext) {
  const button = box.querySelector("button");
  box.hidden = false;
  button.addEventListener("click", () => ask(button, box.querySelector("[role=status]")));
}
