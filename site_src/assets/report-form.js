/** 我要上报: a key that makes a repeated post the same report, and the visitor's own position.
 *  Without this script the form works all the same. */
const form = document.querySelector("[data-report]");
const say = (chinese, english) => (document.documentElement.lang === "en" ? english : chinese);

function randomKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function setPosition(latitude, longitude) {
  const values = { lat: latitude.toFixed(6), lon: longitude.toFixed(6), crs: "wgs84" };
  for (const [name, value] of Object.entries(values)) {
    form.elements[name].value = value;
    form.elements[name].disabled = false;
  }
}

function offerPosition(box) {
  const status = box.querySelector("[role=status]");
  box.hidden = false;
  box.querySelector("button").addEventListener("click", () => {
    status.textContent = say("正在定位……", "Locating…");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        setPosition(coords.latitude, coords.longitude);
        const metres = Math.round(coords.accuracy);
        status.textContent = say(`已取得位置，误差约 ${metres} 米`, `Located to about ${metres} m`);
      },
      () => {
        status.textContent = say(
          "没有取得位置，请选择社区并写明附近标志。",
          "No location: please choose a community and name a landmark.",
        );
      },
      { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 },
    );
  });
}

if (form) {
  form.elements.idempotency_key.value = randomKey();
  if ("geolocation" in navigator) offerPosition(form.querySelector("[data-locate]"));
}
