/** Where stations are and when they are open: facts and words, no page. Loaded by the scripts of the
 *  stations page and of home. */
const EARTH_METRES = 6371009;
const SHANGHAI_AHEAD_MS = 8 * 60 * 60 * 1000;
const MINUTES_OF_DAY = 1440;

/** Metres between two places in degrees, along a great circle. */
export function metresBetween(from, to) {
  const radians = (degrees) => (degrees * Math.PI) / 180;
  const north = radians(to.lat - from.lat) / 2;
  const east = radians(to.lon - from.lon) / 2;
  const a =
    Math.sin(north) ** 2 +
    Math.cos(radians(from.lat)) * Math.cos(radians(to.lat)) * Math.sin(east) ** 2;
  return 2 * EARTH_METRES * Math.asin(Math.sqrt(a));
}

/** Words in the language of the page. */
export function say(chinese, english) {
  return document.documentElement.lang === "en" ? english : chinese;
}

/** 约 80 米, 约 1.2 公里. */
export function distanceWords(metres) {
  const short = Math.max(10, Math.round(metres / 10) * 10);
  if (metres < 1000) return say(`约 ${short} 米`, `about ${short} m`);
  const long = (metres / 1000).toFixed(1);
  return say(`约 ${long} 公里`, `about ${long} km`);
}

/** Whether it is open at a moment, from the code `480-1320|…` (Monday first, minutes of the day in
 *  China); null where nothing is known. */
export function isOpen(code, now = new Date()) {
  if (!code) return null;
  const days = code.split("|").map((spans) =>
    spans ? spans.split(",").map((span) => span.split("-").map(Number)) : [],
  );
  const china = new Date(now.getTime() + SHANGHAI_AHEAD_MS);
  const day = (china.getUTCDay() + 6) % 7;
  const minute = china.getUTCHours() * 60 + china.getUTCMinutes();
  return (
    days[day].some(([start, end]) => start <= minute && minute < end) ||
    days[(day + 6) % 7].some(([, end]) => minute < end - MINUTES_OF_DAY)
  );
}

/** The visitor's place, {lat, lon}; rejects where it is refused or not found. */
export function visitorPlace() {
  return new Promise((resolve, reject) => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => resolve({ lat: coords.latitude, lon: coords.longitude }),
      reject,
      { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 },
    );
  });
}

/** Whether the browser would tell a place at all: it does so on secure pages alone. */
export const canLocate = "geolocation" in navigator && isSecureContext;

/** Why no place was told, a whole sentence; `error` is what `visitorPlace` rejected with. */
export function whyNoPlace(error) {
  return error?.code === 1
    ? say("没有得到定位许可，可以在浏览器里为本站打开定位。", "Location is not allowed for this site; you can allow it in your browser. ")
    : say("没有取得位置，请稍后再试。", "No location was found; please try again later. ");
}
