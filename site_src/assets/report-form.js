/** 我要上报: a key that makes a repeated post the same report, and the visitor's own position.
 *  Without this script the form works all the same. */
const form = document.querySelector("[data-report]");

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
    status.textContent = "正在定位……";
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        setPosition(coords.latitude, coords.longitude);
        status.textContent = `已取得位置，误差约 ${Math.round(coords.accuracy)} 米`;
      },
      () => {
        status.textContent = "没有取得位置，请选择社区并写明附近标志。";
      },
      { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 },
    );
  });
}

if (form) {
  form.elements.idempotency_key.value = randomKey();
  if ("geolocation" in navigator) offerPosition(form.querySelector("[data-locate]"));
}
