/** Makes chosen photos small enough to send on a slow line; the originals never leave the device.
 *  Where the browser cannot, the files are sent as they are. */
const LONG_EDGE_PIXELS_MAX = 1600;
const BYTES_LEFT_ALONE = 600 * 1024;
const JPEG_QUALITY = 0.82;

async function shrink(file) {
  if (file.size <= BYTES_LEFT_ALONE) return file;
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, LONG_EDGE_PIXELS_MAX / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", JPEG_QUALITY));
  if (!blob || blob.size >= file.size) return file;
  return new File([blob], "photo.jpg", { type: "image/jpeg" });
}

/** Where photos are sent on their own (`photo-upload.js`) their sum does not matter. */
function tellSize(files, hint) {
  const megabytes = files.reduce((sum, file) => sum + file.size, 0) / 1024 / 1024;
  const size = `${megabytes.toFixed(1)} MB`;
  const alone = input.name && megabytes > 4;
  const words = document.documentElement.lang === "en"
    ? `${files.length} chosen, ${size}${alone ? ": more than 4 MB, please take fewer" : ""}.`
    : `已选 ${files.length} 张，共 ${size}${alone ? "，超过 4 MB，请减少几张" : ""}。`;
  hint.textContent = files.length ? words : "";
}

async function shrinkAll(hint) {
  const files = await Promise.all(Array.from(input.files, (file) => shrink(file).catch(() => file)));
  const carrier = new DataTransfer();
  for (const file of files) carrier.items.add(file);
  input.files = carrier.files;
  tellSize(files, hint);
  input.dispatchEvent(new CustomEvent("shrunk", { detail: files }));
}

const input = document.querySelector("[data-report] input[type=file]");
if (input && typeof DataTransfer === "function" && typeof createImageBitmap === "function") {
  const hint = document.querySelector("[data-photo-hint]");
  input.addEventListener("change", () => shrinkAll(hint));
  input.addEventListener("refused", ({ detail }) => { hint.textContent = detail; });
  new MutationObserver(() => tellSize([...input.files], hint)).observe(input, { attributeFilter: ["name"] });
}
