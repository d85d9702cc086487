/** 我要上报: photos are sent on their own while the words are still being typed, one after the other,
 *  and again after a lost connection. The report names them; it may arrive before they do.
 *  Where this script cannot, the form posts its photos itself. */
const form = document.querySelector("[data-report]");
const input = form && form.querySelector("input[type=file]");
const say = (chinese, english) => (document.documentElement.lang === "en" ? english : chinese);
const PAUSES_MS = [1000, 2000, 4000, 8000, 15000]; // a lift, a tunnel
const ASK_MS_MAX = 15000;
const SILENCE_MS_MAX = 30000; // nothing of a photo got through: the line is gone

const list = form && form.querySelector("[data-photo-list]");
const waiting = form && form.querySelector("[data-photo-wait]");
let photos = [];
let choosing = null; // the files that were chosen last
let submitting = false; // the form is to be sent as soon as the photos are
let accepted = null; // the receipt of a report that did not wait for its photos

const uploads = () => new URL(form.action.replace(/reports(\?.*)?$/, "uploads"));
const unsent = () => photos.filter((photo) => photo.state === "sending");

class Refused extends Error {}

async function ask(count) {
  const answer = await fetch(uploads(), {
    method: "POST",
    headers: { "Content-Type": "application/json", "Accept-Language": document.documentElement.lang },
    body: JSON.stringify({ photos: count }),
    signal: AbortSignal.timeout(ASK_MS_MAX),
  });
  const said = await answer.json();
  if (!answer.ok) throw new Refused(said.error.message);
  return said;
}

/** One try. Rejects with Refused when another would not help. */
function post(photo) {
  return new Promise((done, failed) => {
    const body = new FormData();
    for (const [name, value] of Object.entries(photo.form.fields)) body.append(name, value);
    body.append(photo.form.file_field, photo.file, "photo.jpg");
    const request = new XMLHttpRequest(); // fetch tells nothing of how far it is
    photo.request = request;
    let silence;
    const listen = () => {
      clearTimeout(silence);
      silence = setTimeout(() => request.abort(), SILENCE_MS_MAX);
    };
    request.upload.addEventListener("progress", ({ loaded, total }) => {
      listen();
      tell(photo, say(`正在传 ${Math.round((100 * loaded) / total)}%`, `${Math.round((100 * loaded) / total)}% sent`));
    });
    request.addEventListener("loadend", () => {
      clearTimeout(silence);
      if (request.status >= 200 && request.status < 300) done();
      else if (request.status >= 400 && request.status < 500) failed(new Refused(refusal(request)));
      else failed(new Error("no answer"));
    });
    request.open("POST", new URL(photo.form.url, uploads()));
    request.setRequestHeader("Accept-Language", document.documentElement.lang);
    listen();
    request.send(body);
  });
}

function refusal(request) {
  try {
    return JSON.parse(request.responseText).error.message;
  } catch {
    return say("没有收下，请重新选择照片。", "Not taken; choose the photo again.");
  }
}

/** A pause that ends early when the telephone finds its connection again. */
function pause(milliseconds) {
  return new Promise((done) => {
    const over = () => {
      clearTimeout(timer);
      removeEventListener("online", over);
      done();
    };
    const timer = setTimeout(over, milliseconds);
    addEventListener("online", over);
  });
}

async function send(photo) {
  photo.state = "sending";
  photo.retry.hidden = true;
  for (const milliseconds of [...PAUSES_MS, null]) {
    if (photo.state === "dropped") return;
    try {
      if (new Date(photo.form.expires_at) < new Date()) take(photo, (await ask(1)).uploads[0]);
      await post(photo);
      photo.state = "sent";
      tell(photo, say("已传好", "sent"));
      return;
    } catch (error) {
      if (photo.state === "dropped") return;
      if (error instanceof Refused) return fail(photo, error.message, false);
      if (milliseconds === null) break;
      tell(photo, say("信号不好，稍后自动再传", "bad connection, trying again"));
      await pause(milliseconds);
    }
  }
  fail(photo, say("没有传上", "not sent"), true);
}

function fail(photo, words, again) {
  photo.state = "failed";
  tell(photo, words);
  photo.retry.hidden = !again;
}

async function sendAll(chosen) {
  for (const photo of chosen) if (photo.state !== "dropped") await send(photo);
  settle();
}

/** What is to happen when no photo is under way any more. */
function settle() {
  if (unsent().length) return;
  if (accepted) location.assign(accepted);
  else if (submitting && photos.every((photo) => photo.state === "sent")) form.requestSubmit();
  else if (submitting) askWhatNow();
}

function tell(photo, words) {
  photo.words.textContent = words;
}

function take(photo, upload) {
  photo.form = upload;
  photo.hidden.value = upload.id;
}

function shown(file, number) {
  const item = document.createElement("li");
  const [name, words, retry, drop] = ["span", "span", "button", "button"].map((kind) => document.createElement(kind));
  name.textContent = say(`第 ${number} 张：`, `Photo ${number}: `);
  words.setAttribute("role", "status");
  words.textContent = say("等待上传", "waiting");
  for (const [button, label] of [[retry, say("重试", "Try again")], [drop, say("移除", "Remove")]]) {
    button.type = "button";
    button.className = "button button--quiet button--small";
    button.textContent = label;
    button.setAttribute("aria-label", `${label} ${name.textContent}`);
  }
  retry.hidden = true;
  const hidden = Object.assign(document.createElement("input"), { type: "hidden", name: "photos" });
  item.append(name, words, " ", retry, " ", drop, hidden);
  const photo = { file, item, words, retry, hidden, form: null, state: "sending" };
  retry.addEventListener("click", () => sendAll([photo]));
  drop.addEventListener("click", () => dropPhoto(photo));
  return photo;
}

function dropPhoto(photo) {
  photo.state = "dropped";
  if (photo.request) photo.request.abort();
  photo.item.remove();
  photos = photos.filter((other) => other !== photo);
  settle();
}

async function askPatiently(files) {
  choosing = files;
  for (const milliseconds of [...PAUSES_MS, null]) {
    try {
      const said = await ask(files.length);
      return choosing === files ? said : null;
    } catch (error) {
      if (error instanceof Refused) input.dispatchEvent(new CustomEvent("refused", { detail: error.message }));
      if (error instanceof Refused || milliseconds === null) return null;
      await pause(milliseconds);
      if (choosing !== files) return null; // others were chosen meanwhile
    }
  }
}

async function choose(files) {
  for (const photo of [...photos]) dropPhoto(photo);
  input.name = "photo"; // until there is another way
  if (!files.length) return;
  const said = await askPatiently(files);
  if (!said) return; // the form posts them itself
  photos = files.map((file, index) => shown(file, index + 1));
  photos.forEach((photo, index) => take(photo, said.uploads[index]));
  list.replaceChildren(...photos.map((photo) => photo.item));
  input.removeAttribute("name");
  const chosen = photos;
  for (const photo of chosen) {
    if (photo.file.size <= said.bytes_max) continue;
    const most = Math.floor(said.bytes_max / 1024 / 1024);
    fail(photo, say(`照片太大，最多 ${most} MB`, `too large: at most ${most} MB`), false);
  }
  sendAll(chosen.filter((photo) => photo.state !== "failed"));
}

function askWhatNow() {
  const [words, now] = waiting.children;
  const left = unsent().length;
  const failed = photos.filter((photo) => photo.state === "failed").length;
  waiting.hidden = false;
  words.textContent = left
    ? say(`还有 ${left} 张照片在传，传完自动提交。`, `${left} photos are still being sent; the report follows by itself.`)
    : say(`有 ${failed} 张照片没有传上。`, `${failed} photos were not sent.`);
  now.textContent = left
    ? say("先提交文字，照片随后到", "Send the words now, photos after")
    : say("不带这些照片，直接提交", "Send the report without them");
  now.onclick = submitNow;
}

/** The words go at once; this page stays until the photos have gone too. */
async function submitNow() {
  for (const photo of photos) if (photo.state === "failed") photo.hidden.remove();
  if (!unsent().length) return form.submit();
  const answer = await fetch(form.action, {
    method: "POST",
    headers: { Accept: "application/json" },
    body: new FormData(form),
  }).catch(() => null);
  if (!answer || !answer.ok) return form.submit(); // the same key: a readable refusal, or another try
  const receipt = await answer.json();
  const address = new URL(form.action.replace(/reports(\?.*)?$/, `receipts/${receipt.case_id}`));
  address.searchParams.set("token", receipt.tracking_token);
  if (document.documentElement.lang === "en") address.searchParams.set("lang", "en");
  accepted = address.href;
  form.querySelector("[type=submit]").disabled = true;
  waiting.children[1].hidden = true;
  waiting.children[0].textContent = say(
    `已收到上报，受理编号 ${receipt.case_id}。照片还在传，请先不要关闭本页。`,
    `Your report was received: ${receipt.case_id}. Photos are still being sent; please keep this page open.`,
  );
  settle();
}

if (input && list && "timeout" in AbortSignal) {
  input.addEventListener("shrunk", ({ detail }) => choose(detail));
  form.addEventListener("submit", (event) => {
    if (photos.every((photo) => photo.state === "sent")) return;
    event.preventDefault();
    submitting = true;
    askWhatNow();
  });
  addEventListener("beforeunload", (event) => {
    if (accepted && unsent().length) event.preventDefault();
  });
}
