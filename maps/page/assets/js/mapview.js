// The Leaflet map: one outline per district, restyled for each theme; overlays; labels.
const STEP = 1e-5;
const OVERLAY_STYLES = {
  forest_subcompartments: { color: "#1b5e20", fillColor: "#2e7d32", weight: 0.6, fillOpacity: 0.45 },
  wetlands: { color: "#0b4f8a", fillColor: "#2b83c6", weight: 0.6, fillOpacity: 0.6 },
  mangroves: { color: "#7b1fa2", fillColor: "#ab47bc", weight: 1, fillOpacity: 0.75 },
  greenways: { color: "#a48a7f", weight: 0.9, fill: false },
  redline: { color: "#b0413e", weight: 0.9, fillColor: "#e57373", fillOpacity: 0.14 },
  works: { color: "#7a4f00", fillColor: "#f4b942", weight: 1.2, fillOpacity: 0.6 },
  land_survey: { color: "#6d6d6d", weight: 0.5, fill: false },
  tidal_marsh: { color: "#00695c", fillColor: "#4db6ac", weight: 0.8, fillOpacity: 0.6 },
  seagrass: { color: "#00695c", fillColor: "#a7d8c9", weight: 0.8, fillOpacity: 0.6 },
  public_welfare_forest: { color: "#33691e", weight: 1.4, fillColor: "#aed581", fillOpacity: 0.3, dashArray: "8 3" },
  built_up_boundary: { color: "#424242", weight: 1.8, fillColor: "#9e9e9e", fillOpacity: 0.15, dashArray: "10 4" },
  permanent_farmland: { color: "#8d6e00", weight: 1, fillColor: "#ffe082", fillOpacity: 0.4 },
  parks: { color: "#2e7d32", fillColor: "#66bb6a", weight: 1.2, fillOpacity: 0.6 },
  blue_green_network: { color: "#00838f", weight: 2, fill: false },
  project_footprints: { color: "#bf360c", fillColor: "#ff8a65", weight: 1, fillOpacity: 0.5 },
  residential_land: { color: "#6a1b9a", fillColor: "#ce93d8", weight: 0.6, fillOpacity: 0.3 },
  protected_areas: { color: "#5e4b8b", weight: 0.9, fillColor: "#9575cd", fillOpacity: 0.14, dashArray: "3 3" },
  demonstration_areas: { color: "#33691e", weight: 2, fill: false, dashArray: "12 4" },
  shoreline: { color: "#006064", weight: 2, fill: false },
  rivers: { color: "#4a86c5", fillColor: "#64b5f6", weight: 1.4, fillOpacity: 0.5 },
  change_certain: { color: "#b5462f", weight: 2, fillColor: "#f4a582", fillOpacity: 0.6 },
  change_uncertain: { color: "#8c8c8c", weight: 1.5, fillColor: "#d9d9d9", fillOpacity: 0.5 },
  conflicts: { color: "#c62828", weight: 4, fillColor: "#ff5252", fillOpacity: 0.45 }, // a plot is a dot on a city's map
};
const OTHER_STYLE = { color: "#37474f", fillColor: "#78909c", weight: 1, fillOpacity: 0.35 };

/** Where the legend may stand, the usual place first. */
const CORNERS = [[], ["at-right"], ["at-top", "at-right"], ["at-top"]];

const renderers = new Map();
const map = map_sinkatlas;
const drawn = { districts: new Map(), labels: new Map(), overlays: new Map(), sides: new Map(), symbols: [], leaders: [], chosen: null, stand: null, moved: false, legendHeight: 0 };

/** Radius of the largest circle of a map of amounts, in pixels, and the ground under the circles. */
const LARGEST_CIRCLE = 30, GROUND = "#f3f5f2";

/** Latitudes and longitudes of a step list. */
function unstep(steps) {
  const points = [];
  let lon = 0, lat = 0;
  for (let i = 0; i < steps.length; i += 2) {
    lon += steps[i];
    lat += steps[i + 1];
    points.push([lat * STEP, lon * STEP]);
  }
  return points;
}

function outline(parts) {
  return parts.map((rings) => rings.map(unstep));
}

function startMap() {
  pane("rasters", 250);
  pane("overlays", 430);
  pane("symbols", 440);
  pane("chosen", 460);
  map.setView([0, 0], 1);
  map.invalidateSize({ animate: false });
  fitCity(); // before any district is there, so that each is projected once
  L.control.scale({ imperial: false, metric: true, position: "bottomright" }).addTo(map);
  for (const unit of data.units) drawDistrict(unit);
  homeButton();
  map.on("zoomend moveend", thinLabels);
  map.on("resize", followSize);
  map.on("dragstart zoomstart", () => { drawn.moved = true; });
  map.on("click", (event) => choose(null, event.latlng, state.epoch));
  startSwipe();
}

/** Back to the whole city; nobody gets lost beyond it, nor closer than the outlines are drawn. */
function homeButton() {
  const control = L.control({ position: "topleft" });
  control.onAdd = () => {
    const button = el("button", { type: "button", class: "home", data: { focus: "home" }, on: { click: goHome } }, "⌂");
    places.home = button;
    L.DomEvent.disableClickPropagation(button);
    return el("div", { class: "leaflet-bar" }, button);
  };
  control.addTo(map);
  map.setMaxZoom(17);
  map.setMaxBounds(L.latLngBounds(data.bounds).pad(1.5));
}

function pane(name, height) {
  map.createPane(name).style.zIndex = String(height);
  map.getPane(name).style.pointerEvents = "none";
}

/** The whole city in what the controls leave free, from ``left`` pixels on. */
function fitCity(left = SIDE) {
  const { x, y } = map.getSize();
  const hasRoom = x > 200 && y > 200; // a frame may be laid out only after its script has run
  const side = hasRoom ? SIDE : 0, top = hasRoom ? clearOfControls() : 0;
  if (hasRoom) map.setMinZoom(Math.max(0, map.getBoundsZoom(data.bounds) - 2));
  map.fitBounds(data.bounds, { paddingTopLeft: [hasRoom ? left : 0, top], paddingBottomRight: [side, side], animate: false });
  drawn.moved = false;
}

const SIDE = 14;

/** Levels of zoom that the city would lose beside the legend; none where it finds no room. */
function lostBeside(left) {
  if (left > map.getSize().x / 2) return Infinity;
  const zoomAt = (edge) => map.getBoundsZoom(data.bounds, false, L.point(edge + SIDE, clearOfControls() + SIDE));
  return zoomAt(SIDE) - zoomAt(left);
}

/** Levels of zoom that a city may lose so that the legend hides nothing of it. */
const MOST_LOST = 0.5;

/** Height of what lies across the top of the map. */
function clearOfControls() {
  const stage = places.map.getBoundingClientRect();
  const ends = [places.epochs, places.banner].map((place) => place.firstElementChild && place.firstElementChild.getBoundingClientRect().bottom - stage.top);
  return Math.max(46, ...ends.filter((end) => end > 0).map((end) => end + 8));
}

function goHome() {
  fitCity();
  placeLegend();
}

/** A window of another size shows the whole city again, unless the reader has gone elsewhere. */
function followSize() {
  if (drawn.moved) placeLegend();
  else goHome();
}

function drawDistrict(unit) {
  const shape = L.polygon(outline(unit.parts), { weight: 1, color: "#5b6660", bubblingMouseEvents: false }).addTo(map);
  shape.bindTooltip(() => hoverText(unit.code, state.epoch), { sticky: true, className: "hover", opacity: 1 });
  shape.on("click", (event) => choose(unit.code, event.latlng, state.epoch));
  const node = shape.getElement();
  node.setAttribute("tabindex", drawn.districts.size ? "-1" : "0");
  node.setAttribute("role", "button");
  node.dataset.unit = unit.code;
  node.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      choose(unit.code);
    }
    stepDistrict(unit.code, event);
  });
  drawn.districts.set(unit.code, shape);
  // A marker of no size, centred by CSS: a permanent tooltip would measure itself at every change.
  const text = el("div", { class: "label-text" });
  const icon = L.divIcon({ className: "district-label", iconSize: [0, 0], html: text });
  L.marker(unit.label, { icon, pane: "tooltipPane", interactive: false, keyboard: false }).addTo(map);
  drawn.labels.set(unit.code, { text, value: null, size: null, below: 0 });
}

/** The districts are one stop: arrows with Alt go from one to the next; alone they move the map. */
function stepDistrict(code, event) {
  const step = event.altKey ? { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key] : { PageDown: 1, PageUp: -1, Home: -Infinity, End: Infinity }[event.key];
  if (step === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  const codes = [...drawn.districts.keys()], last = codes.length - 1;
  const to = codes[Math.max(0, Math.min(last, codes.indexOf(code) + step))];
  for (const [each, shape] of drawn.districts) shape.getElement().setAttribute("tabindex", each === to ? "0" : "-1");
  drawn.districts.get(to).getElement().focus();
}

function hoverText(code, epoch) {
  const theme = themeAt(epoch), within = withinText(theme, code);
  return el("div", {}, given(nameOf(code), "given name"),
    el("div", { class: "muted" }, given(`${theme.title} · ${theme.when}`)), el("div", { class: "strong" }, theme.text(code)),
    within ? el("div", { class: "muted small" }, within) : null);
}

function districtStyle(theme, code) {
  const at = theme.classOf(code), underRaster = rasterShown();
  const colour = at < 0 ? null : theme.classes[at].colour;
  return {
    fillColor: colour === null ? "url(#hatch)" : theme.most ? GROUND : colour, fillOpacity: underRaster ? 0 : 1,
    color: underRaster ? "#20302a" : "#6b766f", weight: underRaster ? 1.4 : 0.9,
  };
}

/** Circles whose area goes by the amount, in the colour of its class; larger ones lie below. */
function symbolsOf(theme, side) {
  if (!theme.most) return [];
  const name = side === "left" ? "leftSymbols" : "symbols";
  const shown = data.units.filter((unit) => theme.of(unit.code)).sort((a, b) => Math.abs(theme.of(b.code)) - Math.abs(theme.of(a.code)));
  return shown.map((unit) => L.circleMarker(unit.label, {
    pane: name, renderer: overlayRenderer(name), interactive: false, radius: circleRadius(theme.of(unit.code), theme.most),
    color: "#20302a", weight: 0.8, fillColor: theme.classes[theme.classOf(unit.code)].colour, fillOpacity: 0.85,
  }).addTo(map));
}

function circleRadius(amount, most) {
  return Math.max(2, LARGEST_CIRCLE * Math.sqrt(Math.abs(amount) / most));
}

/** Recolour all districts for the present theme. */
function paint() {
  const theme = currentTheme();
  for (const [code, shape] of drawn.districts) {
    shape.setStyle(districtStyle(theme, code));
    const node = shape.getElement();
    node.setAttribute("aria-label", `${nameOf(code)}: ${theme.text(code)}`);
    node.setAttribute("aria-pressed", String(code === state.unit));
    node.dataset.class = String(theme.classOf(code));
    writeLabel(code, theme);
  }
  drawn.sides.clear();
  for (const circle of drawn.symbols) circle.remove();
  drawn.symbols = symbolsOf(theme);
  markChosen();
  paintOverlays();
  markStand();
  paintSwipe();
  const grown = places.legend.offsetHeight - drawn.legendHeight > 40; // by the keys of a layer
  if (grown) placeLegend();
  else clearLegend();
  thinLabels();
}

function writeLabel(code, theme) {
  const label = drawn.labels.get(code);
  label.below = theme.most && theme.of(code) ? circleRadius(theme.of(code), theme.most) + 18 : 0; // under its circle
  label.text.style.setProperty("--below", `${label.below}px`);
  const value = theme.kind === "numeric" ? labelNumber(theme, code) : labelSign(theme, code);
  if (label.value === value) return;
  label.value = value;
  label.size = null;
  label.text.replaceChildren(given(nameOf(code), "given label-name"), el("div", { class: "label-value" }, value));
}

function labelNumber(theme, code) {
  const value = theme.of(code);
  if (value === null) return "";
  const [factor] = legendUnit(theme.unit);
  return theme.signed ? signed(value * factor, theme.unit) : number(value * factor, theme.unit);
}

function labelSign(theme, code) {
  const at = theme.classOf(code);
  return at < 0 ? "" : theme.classes[at].sign;
}

/** Put the legend where it hides the least of the districts, the whole city beside it if need be; labels give way. */
function placeLegend() {
  clearLegend();
  const hidden = CORNERS.map((corner) => { cornerLegend(corner); return hiddenPoints(places.legend.getBoundingClientRect()); });
  const least = Math.min(...hidden), left = places.legend.offsetWidth + 24;
  const steps = least > 0 && !drawn.moved && lostBeside(left) <= MOST_LOST;
  cornerLegend(CORNERS[steps ? 0 : hidden.indexOf(least)]);
  if (steps) fitCity(left);
  drawn.legendHeight = places.legend.offsetHeight;
  thinLabels();
}

/** The legend's top, where it stands there: below the verdict, however long that is. */
function clearLegend() {
  const clear = `${clearOfControls()}px`;
  if (places.legend.style.getPropertyValue("--clear") !== clear) places.legend.style.setProperty("--clear", clear); // a write costs a layout
}

function cornerLegend(corner) {
  for (const name of ["at-top", "at-right"]) places.legend.classList.toggle(name, corner.includes(name));
}

/** How many of a box's sample points lie in a district. */
function hiddenPoints(box) {
  const stage = places.map.getBoundingClientRect(), shapes = [...drawn.districts.values()];
  let count = 0;
  for (let i = 0; i <= 6; i += 1) {
    for (let j = 0; j <= 6; j += 1) {
      const at = L.point(box.left - stage.left + (i * box.width) / 6, box.top - stage.top + (j * box.height) / 6);
      const place = map.containerPointToLatLng(at), { x, y } = map.containerPointToLayerPoint(at);
      if (shapes.some((shape) => shape.getBounds().contains(place) && shape.getElement().isPointInFill(new DOMPoint(x, y)))) count += 1;
    }
  }
  return count;
}

/** Labels of small districts step aside, with a line to their ground, where a larger one stands; one
 * that finds no room within reach is hidden. */
function thinLabels() {
  for (const line of drawn.leaders) line.remove();
  drawn.leaders = [];
  const bySize = [...data.units].sort((a, b) => (b.code === state.unit) - (a.code === state.unit) || (b.land_ha || 0) - (a.land_ha || 0));
  const boxes = bySize.map((unit) => {
    const label = drawn.labels.get(unit.code), node = label.text;
    const at = map.latLngToContainerPoint(unit.label);
    // Measuring makes the browser lay out the page: once for each text is enough.
    if (label.size === null) label.size = [node.offsetWidth / 2, node.offsetHeight / 2];
    const [width, height] = label.size;
    return { unit, node, at, box: [at.x - width, at.y + label.below - height, at.x + width, at.y + label.below + height] };
  });
  const kept = [], controls = taken(), circles = drawn.symbols.map(circleBox), size = map.getSize();
  const meets = ([left, top, right, bottom], b) => right >= b[0] && left <= b[2] && bottom >= b[1] && top <= b[3];
  for (const { unit, node, at, box } of boxes) {
    const isInside = at.x > 0 && at.y > 0 && at.x < size.x && at.y < size.y;
    const step = STEPS_ASIDE.find(([dx, dy], i) => {
      const moved = [box[0] + dx, box[1] + dy, box[2] + dx, box[3] + dy];
      if ([...kept, ...controls].some((b) => meets(moved, b))) return false;
      return i === 0 || (isInside && moved[0] > 0 && moved[1] > 0 && moved[2] < size.x && moved[3] < size.y && !circles.some((b) => meets(moved, b)));
    });
    const shown = state.labels && step;
    node.style.visibility = shown ? "visible" : "hidden";
    node.style.setProperty("--aside", shown ? `${step[0]}px` : "0px");
    node.style.setProperty("--down", shown ? `${step[1]}px` : "0px");
    if (!step) continue;
    kept.push([box[0] + step[0], box[1] + step[1], box[2] + step[0], box[3] + step[1]]);
    if (shown && step !== STEPS_ASIDE[0]) drawn.leaders.push(leader(unit, box, step));
  }
}

/** Places beside its own that a label may take, the nearest first. */
const STEPS_ASIDE = [[0, 0], ...[46, 70, 100, 136, 180, 240].flatMap((far) => [[-1, 0], [1, 0], [0, 0.6], [0, -0.6], [-0.8, 0.5], [0.8, 0.5], [-0.8, -0.5], [0.8, -0.5]]
  .map(([dx, dy]) => [dx * far, dy * far]))];

/** What lies on the map and may not be written over: legend and controls. */
function taken() {
  const stage = places.map.getBoundingClientRect();
  const own = [places.legend, places.epochs.firstElementChild, places.banner.firstElementChild].filter(Boolean);
  return [...own, ...places.map.querySelectorAll(".leaflet-control")].map((node) => {
    const box = node.getBoundingClientRect();
    return [box.left - stage.left, box.top - stage.top, box.right - stage.left, box.bottom - stage.top];
  }).filter((box) => box[2] > box[0]);
}

function circleBox(circle) {
  const { x, y } = map.latLngToContainerPoint(circle.getLatLng()), reach = circle.getRadius();
  return [x - reach, y - reach, x + reach, y + reach];
}

function leader(unit, box, step) {
  const end = map.containerPointToLatLng([(box[0] + box[2]) / 2 + step[0], (box[1] + box[3]) / 2 + step[1]]);
  return L.polyline([unit.label, end], { pane: "chosen", renderer: overlayRenderer("chosen"), interactive: false, color: "#3a463f", weight: 0.9 }).addTo(map);
}

function markChosen() {
  if (drawn.chosen) drawn.chosen.remove();
  drawn.chosen = null;
  if (state.unit === null) return;
  drawn.chosen = L.polygon(outline(units.get(state.unit).parts), {
    pane: "chosen", interactive: false, fill: false, color: "#0b1f18", weight: 3.2,
  }).addTo(map);
}

/** Layers by what they show; the epochs of one are shown one at a time. */
function layerGroups() {
  const groups = new Map();
  for (const layer of data.layers) {
    const key = JSON.stringify([layer.kind, layer.title.zh]);
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(layer);
  }
  return groups;
}

/** The member of a group for an epoch: its own, a timeless one, or the latest before. */
function layerAt(group, epoch) {
  return group.find((layer) => layer.epoch === epoch) || group.find((layer) => layer.epoch === null)
    || [...group].reverse().find((layer) => layer.epoch <= epoch) || group[0];
}

function layerNow(group) {
  return layerAt(group, state.epoch);
}

/** The layers that are switched on, as they are in an epoch, with their opacity. */
function wantedLayers(epoch) {
  return new Map([...layerGroups()].filter(([key]) => state.overlays.has(key)).map(([key, group]) => [layerAt(group, epoch), state.overlays.get(key)]));
}

function rasterShown() {
  return [...layerGroups()].some(([key, group]) => state.overlays.has(key) && layerNow(group).shape === "image");
}

function paintOverlays() {
  const wanted = wantedLayers(state.epoch);
  for (const [layer, shown] of drawn.overlays) {
    if (wanted.has(layer)) continue;
    shown.remove();
    drawn.overlays.delete(layer);
  }
  for (const [layer, opacity] of wanted) {
    if (!drawn.overlays.has(layer)) drawn.overlays.set(layer, overlayShape(layer).addTo(map));
    fade(layer, drawn.overlays.get(layer), opacity);
  }
}

/** A layer as a shape on the right side of the map, or on the left of the curtain. */
function overlayShape(layer, side) {
  const isLeft = side === "left";
  if (layer.shape === "image") return L.imageOverlay(layer.image, layer.bounds, { pane: isLeft ? "leftRasters" : "rasters", className: "class-raster" });
  const style = { ...overlayStyle(layer), pane: isLeft ? "leftOverlays" : "overlays", interactive: false, renderer: overlayRenderer(isLeft ? "leftOverlays" : "overlays") };
  return layer.shape === "line" ? L.polyline((layer.parts || []).map(unstep), style) : L.polygon(outline(layer.parts || []), style);
}

/** SVG, since a layer is one path, and a canvas would print as a white sheet over the districts. */
function overlayRenderer(name) {
  if (!renderers.has(name)) renderers.set(name, L.svg({ pane: name, padding: 0.3 }));
  return renderers.get(name);
}

function overlayStyle(layer) {
  return has(OVERLAY_STYLES, layer.kind) ? OVERLAY_STYLES[layer.kind] : OTHER_STYLE;
}

/** Over a raster, outlines alone: two colours over each other look like a third class. */
function fade(layer, shape, opacity) {
  if (layer.shape === "image") shape.setOpacity(opacity);
  else shape.setStyle({ opacity, fillOpacity: rasterShown() ? 0 : (overlayStyle(layer).fillOpacity || 0) * opacity });
}
