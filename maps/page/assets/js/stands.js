// Sub-compartments: the colour of a picture under the pointer is the number of a row of attributes.
const STAND_UNITS = { area_ha: "ha", growing_stock_m3: "m3", scattered_stock_m3: "m3" };
const pictures = new Map();

/** The layer whose single features can be asked for: switched on, with rows for the epoch. */
function standLayer(epoch) {
  return [...wantedLayers(epoch).keys()].find((layer) => layer.detail) || null;
}

/** The chosen sub-compartment while its layer is on the map, on either side of a curtain. */
function chosenStand() {
  const epochs = swiping() ? [state.epoch, baseEpoch()] : [state.epoch];
  return state.stand !== null && epochs.some((epoch) => standLayer(epoch) === state.stand.layer) ? state.stand : null;
}

/** Row numbers of a picture, read once; `then` runs when they are there. */
function withCells(detail, then) {
  if (pictures.has(detail)) { then(pictures.get(detail)); return; }
  const image = new Image();
  image.addEventListener("load", () => {
    const canvas = el("canvas", { width: detail.size[0], height: detail.size[1] });
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.drawImage(image, 0, 0);
    pictures.set(detail, context.getImageData(0, 0, detail.size[0], detail.size[1]).data);
    then(pictures.get(detail));
  });
  image.src = detail.image;
}

/** Row of attributes at a place, counted from zero, or -1. */
function standAt(detail, cells, place) {
  const [west, south, east, north] = detail.mercator;
  const [width, height] = detail.size;
  const point = L.CRS.EPSG3857.project(place);
  const x = Math.floor(((point.x - west) / (east - west)) * width);
  const y = Math.floor(((north - point.y) / (north - south)) * height);
  if (x < 0 || y < 0 || x >= width || y >= height) return -1;
  const at = 4 * (y * width + x);
  return cells[at] * 65536 + cells[at + 1] * 256 + cells[at + 2] - 1;
}

/** Look for a sub-compartment at a place and show it in the card. */
function askStand(place, epoch) {
  const layer = standLayer(epoch);
  if (layer === null) { if (state.stand !== null) select({ stand: null }); return; }
  withCells(layer.detail, (cells) => {
    const at = standAt(layer.detail, cells, place);
    select({ stand: at < 0 ? null : { layer, at }, panel: at < 0 ? state.panel : "card" });
    if (at >= 0) places.announce.textContent = `${t("stand")} ${at + 1}: ${standFacts(layer.detail, at).map(([name, text]) => `${name} ${text}`).join(", ")}`;
  });
}

function standFacts(detail, at) {
  return detail.columns.map((column) => [t(`stand_${column.name}`), standValue(column, at)]).filter(([, text]) => text !== "");
}

function standValue(column, at) {
  if (column.codes) return said(column.terms[column.codes[at]]);
  const value = column.values[at];
  const unit = has(STAND_UNITS, column.name) ? STAND_UNITS[column.name] : "";
  return value === null ? t("common.no_data") : `${number(value, unit)} ${unitWord(unit)}`.trim();
}

/** The chosen sub-compartment in the card; without one, how to choose it. */
function standSection() {
  const chosen = chosenStand();
  const layer = chosen ? chosen.layer : standLayer(state.epoch);
  if (layer === null) return null;
  return el("section", { class: "stand" },
    el("h3", {}, given(said(layer.title)), " ", layer.epoch === null ? "" : String(layer.epoch)),
    chosen === null ? el("p", { class: "muted small" }, t("hint_stand")) : el("dl", { class: "target-facts", data: { stand: chosen.at } },
      standFacts(layer.detail, chosen.at).map(([name, text]) => fact(name, given(text)))),
    el("button", { type: "button", class: "quiet", data: { focus: "stand-centre" }, on: { click: () => askStand(map.getCenter(), state.epoch) } }, t("stand_at_centre")),
    el("p", { class: "muted small" }, t("note_stand", { size: brief(layer.detail.cell_m) })));
}

/** Mark the cells of the chosen sub-compartment on the map. */
function markStand() {
  if (drawn.stand) drawn.stand.remove();
  drawn.stand = null;
  const chosen = chosenStand();
  if (chosen === null) return;
  const { detail } = chosen.layer, wanted = chosen.at + 1;
  withCells(detail, (cells) => {
    const [width, height] = detail.size;
    const canvas = el("canvas", { width, height });
    const context = canvas.getContext("2d");
    context.fillStyle = "#ffd400";
    for (let i = 0; i < width * height; i += 1) {
      if (cells[4 * i] * 65536 + cells[4 * i + 1] * 256 + cells[4 * i + 2] === wanted) context.fillRect(i % width, Math.floor(i / width), 1, 1);
    }
    if (drawn.stand) drawn.stand.remove();
    drawn.stand = L.imageOverlay(canvas.toDataURL("image/png"), detail.bounds, { pane: "chosen", className: "class-raster" }).addTo(map);
  });
}
