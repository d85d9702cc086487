/** The map of stations: outlines and clusters over the drawing that the page has anyway. Loaded once
 *  the visitor uses the page and it is in view; when anything fails, the drawing stays. */
const holder = document.querySelector("[data-map]");
const say = (chinese, english) => (document.documentElement.lang === "en" ? english : chinese);
const MAX_ZOOM = 17; // markercluster needs a limit; closer than this the outlines say nothing more
const FIT_ZOOM = 14; // no closer at first: one station alone still has its surroundings
const FIT = { paddingTopLeft: [64, 28], paddingBottomRight: [28, 24] }; // left: zoom buttons
const NAMES_ABOVE = 450; // outlines lie at 400, markers at 600

function load(tag, attributes) {
  return new Promise((resolve, reject) => {
    const element = Object.assign(document.createElement(tag), attributes);
    element.addEventListener("load", resolve);
    element.addEventListener("error", reject);
    document.head.append(element);
  });
}

async function json(address) {
  const reply = await fetch(address);
  if (!reply.ok) throw new Error(`${address}: ${reply.status}`);
  return reply.json();
}

function canvas() {
  const drawing = holder.querySelector("svg");
  const { width, height } = drawing.viewBox.baseVal;
  const made = document.createElement("div");
  made.className = "map";
  made.style.aspectRatio = `${width} / ${height}`; // exactly over the drawing: nothing moves
  made.setAttribute("role", "region");
  made.setAttribute(
    "aria-label",
    say(`${holder.dataset.title}地图，下面的列表有同样的内容`, "Map; the list below says the same"),
  );
  holder.append(made);
  drawing.classList.add("under-map");
  return made;
}

function outlineLayer(map, outlines) {
  const names = map.createPane("names");
  names.style.zIndex = NAMES_ABOVE;
  names.style.pointerEvents = "none";
  return L.geoJSON(outlines, {
    interactive: false,
    style: ({ properties }) => ({ className: `outline outline--${properties.level}`, weight: 1 }),
    onEachFeature: ({ properties }, layer) => {
      if (properties.level !== "street") return;
      layer.bindTooltip(properties.name, {
        permanent: true,
        direction: "center",
        pane: "names",
        className: "outline__name",
      });
    },
  });
}

function icon(className, words) {
  const inside = document.createElement("span");
  inside.textContent = words;
  return L.divIcon({ className: `pin ${className}`, html: inside, iconSize: [30, 30] });
}

function popup(station) {
  const link = document.createElement("a");
  link.href = holder.dataset.root + station.path;
  link.textContent = station.name;
  const lines = [station.level, station.address, station.hours].filter(Boolean).map((words) => {
    const line = document.createElement("p");
    line.textContent = words;
    return line;
  });
  const all = document.createElement("div");
  all.lang = "zh-CN";
  all.append(link, ...lines);
  return all;
}

function marker(station) {
  return L.marker([station.lat, station.lon], {
    icon: icon(`pin--${station.rank}`, [...station.level][0]),
    title: station.name,
    keyboard: true,
  }).bindPopup(() => popup(station));
}

function clusters() {
  return L.markerClusterGroup({
    showCoverageOnHover: false,
    maxClusterRadius: 44,
    iconCreateFunction: (cluster) => icon("pin--many", `${cluster.getChildCount()}`),
  });
}

function draw(container, outlines, stations) {
  const map = L.map(container, {
    zoomControl: false,
    scrollWheelZoom: false, // a page that is scrolled past should not zoom
    dragging: !L.Browser.mobile, // one finger scrolls the page; two move the map
    maxZoom: MAX_ZOOM,
    zoomSnap: 0.25,
  });
  map.attributionControl.setPrefix(false);
  L.control.zoom({
    position: "bottomleft",
    zoomInTitle: say("放大", "Zoom in"),
    zoomOutTitle: say("缩小", "Zoom out"),
  }).addTo(map);
  const { tiles, tilesHosts, tilesCredit } = holder.dataset;
  if (tiles) {
    L.tileLayer(tiles, { maxZoom: MAX_ZOOM, subdomains: tilesHosts || "a" }).addTo(map);
    const credit = document.createElement("span");
    credit.textContent = tilesCredit;
    map.attributionControl.addAttribution(credit.innerHTML);
    container.classList.add("map--tiles");
  }
  const shapes = outlineLayer(map, outlines).addTo(map);
  const layer = clusters().addTo(map);
  const markers = new Map(stations.map((station) => [station.code, marker(station)]));
  layer.addLayers([...markers.values()]);
  map.fitBounds(markers.size ? layer.getBounds() : shapes.getBounds(), { ...FIT, maxZoom: FIT_ZOOM });
  map.on("popupopen", ({ popup: opened }) => {
    opened.getElement().querySelector(".leaflet-popup-close-button").ariaLabel =
      say("关闭", "Close");
  });
  document.addEventListener("stations:shown", ({ detail }) => {
    layer.clearLayers();
    layer.addLayers(detail.filter((code) => markers.has(code)).map((code) => markers.get(code)));
  });
}

async function open() {
  const { leaflet, leafletStyle, cluster, clusterStyle, outlines, stations } = holder.dataset;
  const style = (href) => load("link", { rel: "stylesheet", href });
  const data = Promise.all([json(outlines), json(stations), style(leafletStyle), style(clusterStyle)]);
  await load("script", { src: leaflet });
  await load("script", { src: cluster });
  const [shapes, listed] = await data;
  const container = canvas();
  try {
    draw(container, shapes, listed.stations);
  } catch (error) {
    container.remove();
    holder.querySelector("svg").classList.remove("under-map");
    throw error;
  }
}

function openWhenSeen() {
  const watcher = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    watcher.disconnect();
    open();
  });
  watcher.observe(holder);
}

/** The visitor's first touch, key or scroll: until then a telephone has better things to do. */
function firstAct() {
  return new Promise((resolve) => {
    const stop = new AbortController();
    const done = () => resolve(stop.abort());
    for (const act of ["pointerdown", "pointermove", "touchstart", "wheel", "scroll", "keydown"]) {
      addEventListener(act, done, { passive: true, signal: stop.signal });
    }
  });
}

if (holder) firstAct().then(openWhenSeen);
