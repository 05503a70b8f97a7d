// What stands on the map itself: legend, epoch control, watermark, and the line below the map.
function legendBox() {
  const theme = currentTheme();
  const counts = theme.classes.map(() => 0);
  let missing = 0;
  for (const unit of data.units) {
    const at = theme.classOf(unit.code);
    if (at < 0) missing += 1;
    else counts[at] += 1;
  }
  const rows = theme.classes.map((each, i) => legendRow(each.colour, each.sign, each.word, counts[i], Boolean(theme.most)));
  rows.push(legendRow(null, "", t("common.no_data"), missing));
  return [
    el("button", { type: "button", class: "legend-title", "aria-expanded": String(state.legend), data: { focus: "legend" }, on: { click: () => update({ legend: !state.legend }) } },
      given(theme.title), el("span", { class: "fold", "aria-hidden": "true" }, state.legend ? "−" : "+")),
    !state.legend ? null : [
    el("div", { class: "legend-sub" }, [theme.when, theme.legendUnit && t("unit_is", { unit: theme.legendUnit })].filter(Boolean).join(" · ")),
    rasterShown() ? el("div", { class: "legend-note" }, t("note_raster")) : el("ul", { class: "legend-rows" }, rows),
    theme.note ? el("div", { class: "legend-note" }, theme.note) : null,
    overlayLegend()],
  ];
}

function legendRow(colour, sign, word, count, isCircle) {
  return el("li", {},
    el("span", { class: colour === null ? "swatch hatched" : isCircle ? "swatch circle" : "swatch", style: colour === null ? {} : { "background-color": colour } }, sign || ""),
    el("span", { class: "legend-word" }, word),
    el("span", { class: "legend-count" }, count ? t("units_count", { count }) : t("common.none")));
}

function overlayLegend() {
  const shown = [...layerGroups()].filter(([key]) => state.overlays.has(key)).map(([, group]) => layerNow(group));
  if (!shown.length) return null;
  return el("ul", { class: "legend-rows legend-overlays" }, shown.map((layer) => layer.shape === "image"
    ? layer.classes.map((each) => legendRow2(each.colour, said(each)))
    : el("li", {}, layerKey(layer), el("span", { class: "legend-word" }, given(said(layer.title))),
      [null, state.epoch].includes(layer.epoch) ? null : el("span", { class: "muted" }, String(layer.epoch)))));
}

function legendRow2(colour, word) {
  return el("li", {}, el("span", { class: "swatch", style: { "background-color": colour } }), el("span", { class: "legend-word" }, given(word)));
}

/** A small drawing of how a vector layer looks. */
function layerKey(layer) {
  if (layer.shape === "image") return el("span", { class: "swatch raster-key" });
  const style = overlayStyle(layer);
  const line = { stroke: style.color, "stroke-width": Math.max(1.4, style.weight), "stroke-dasharray": style.dashArray || null };
  const drawing = layer.shape === "line"
    ? svg("line", { x1: 0, y1: 7, x2: 20, y2: 7, ...line })
    : svg("rect", { x: 1, y: 1, width: 18, height: 12, fill: style.fill === false ? "none" : style.fillColor, "fill-opacity": style.fillOpacity, ...line });
  return svg("svg", { width: 20, height: 14, "aria-hidden": "true", class: "layer-key" }, drawing);
}

/** Buttons for a few epochs, a slider for many, a pair of choices for a change. */
function epochControl() {
  const epochs = data.epochs;
  if (state.view === "change" && hasTwoEpochs()) {
    return el("fieldset", { class: "epochs" }, el("legend", {}, t("change_between")),
      epochSelect("base", baseEpoch()), el("span", { "aria-hidden": "true" }, " → "), epochSelect("epoch", state.epoch));
  }
  return el("fieldset", { class: "epochs" }, el("legend", {}, t("epoch")), epochSlider(), swipeChoice());
}

/** A slider through the epochs, and up to six of them as buttons. */
function epochSlider() {
  const epochs = data.epochs;
  const slider = epochs.length < 2 ? null : el("input", {
    type: "range", min: 0, max: epochs.length - 1, step: 1, value: epochs.indexOf(state.epoch), "aria-label": t("epoch"),
    "aria-valuetext": state.epoch, data: { focus: "epoch" }, on: { input: (event) => update({ epoch: epochs[Number(event.target.value)] }) },
  });
  if (epochs.length > 6) return [slider, el("strong", {}, state.epoch)];
  return [slider, epochs.map((epoch) => el("button", {
    type: "button", class: "segment", "aria-pressed": String(epoch === state.epoch), data: { epoch, focus: `epoch/${epoch}` },
    on: { click: () => update({ epoch }) },
  }, epoch))];
}

/** Switch of the curtain, and which epoch lies to its left. */
function swipeChoice() {
  if (!hasTwoEpochs()) return null;
  return [el("label", { class: "check swipe-choice" }, el("input", { type: "checkbox", checked: state.swipe, data: { focus: "swipe" },
    on: { change: (event) => update({ swipe: event.target.checked }) } }), t("swipe")),
  state.swipe && data.epochs.length > 2 ? epochSelect("base", baseEpoch()) : null];
}

function epochSelect(name, chosen) {
  const options = data.epochs.map((epoch) => el("option", { value: epoch, selected: epoch === chosen }, epoch));
  return el("select", { "aria-label": t(name === "base" ? "change_from" : "change_to"), data: { focus: `epoch-${name}` },
    on: { change: (event) => update(name === "base" ? { base: Number(event.target.value) } : { epoch: Number(event.target.value) }) } }, options);
}

function watermark() {
  if (!data.synthetic) return [];
  return [0, 1, 2, 3].map(() => el("div", {}, t("common.synthetic")));
}

/** The imprint, coordinate system, years, plan, tolerance and credit: one line under the map. */
function footLine() {
  const tolerances = [data.tolerance_m, ...data.layers.map((layer) => layer.tolerance_m || 0)];
  const facts = [
    ...data.imprint[state.language].map(([name, text]) => [name, given(text)]),
    [t("coordinate_system"), t("crs_text")],
    [t("epoch"), data.epochs.join(" · ")],
    said(data.plan.title) ? [t("plan"), given(said(data.plan.title))] : null,
    [t("tolerance"), t("tolerance_text", { district: brief(data.tolerance_m), most: brief(Math.max(...tolerances)) })],
    [t("classes_are"), t("classes_text")],
    [t("credit"), "Leaflet 1.9.3 · folium · SinkAtlas"],
  ];
  return facts.filter(Boolean).map(([name, text]) => el("span", { class: "fact" }, el("span", { class: "muted" }, `${name}${t("colon")}`), text));
}
