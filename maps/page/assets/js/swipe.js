// Two epochs side by side under a curtain: the earlier choice on its left, the epoch in view on its
// right. Each side is a set of panes cut by clip-path, so that pictures and outlines take part alike.
const RIGHT_PANES = ["rasters", "overlayPane", "overlays", "symbols"];
const LEFT_PANES = ["leftRasters", "leftDistricts", "leftOverlays", "leftSymbols"];
const curtain = { shapes: new Map(), overlays: [] };

function startSwipe() {
  pane("leftRasters", 251);
  pane("leftDistricts", 402);
  pane("leftOverlays", 432);
  pane("leftSymbols", 442);
  map.getPane("leftDistricts").style.pointerEvents = "auto";
  map.on("move zoomend resize viewreset", clipPanes);
}

/** Draw or take away the left side, after the right side has been painted. */
function paintSwipe() {
  places.curtain.hidden = !swiping();
  for (const shape of curtain.overlays) shape.remove();
  curtain.overlays = [];
  if (!swiping()) {
    for (const shape of curtain.shapes.values()) shape.remove();
    curtain.shapes.clear();
    clipPanes();
    return;
  }
  const epoch = baseEpoch(), theme = themeAt(epoch);
  for (const unit of data.units) {
    if (!curtain.shapes.has(unit.code)) curtain.shapes.set(unit.code, leftShape(unit));
    curtain.shapes.get(unit.code).setStyle(districtStyle(theme, unit.code));
  }
  curtain.overlays.push(...symbolsOf(theme, "left"));
  for (const [layer, opacity] of wantedLayers(epoch)) {
    const shape = overlayShape(layer, "left").addTo(map);
    fade(layer, shape, opacity);
    curtain.overlays.push(shape);
  }
  clipPanes();
  moveHandle();
}

function leftShape(unit) {
  curtain.renderer = curtain.renderer || L.svg({ pane: "leftDistricts", padding: 0.3 });
  const shape = L.polygon(outline(unit.parts), { pane: "leftDistricts", renderer: curtain.renderer, bubblingMouseEvents: false }).addTo(map);
  shape.bindTooltip(() => hoverText(unit.code, baseEpoch()), { sticky: true, className: "hover", opacity: 1 });
  shape.on("click", (event) => choose(unit.code, event.latlng, baseEpoch()));
  shape.getElement().dataset.left = unit.code;
  return shape;
}

/** Cut each side's panes at the curtain; without one, nothing is cut. */
function clipPanes() {
  const size = map.getSize(), at = (size.x * state.swipeAt) / 100;
  const corner = map.containerPointToLayerPoint([0, 0]), end = map.containerPointToLayerPoint(size);
  const middle = corner.x + at;
  const box = (left, right) => `polygon(${[[left, corner.y], [right, corner.y], [right, end.y], [left, end.y]].map(([x, y]) => `${x}px ${y}px`).join(",")})`;
  for (const name of RIGHT_PANES) map.getPane(name).style.clipPath = swiping() ? box(middle, end.x) : "";
  for (const name of LEFT_PANES) map.getPane(name).style.clipPath = swiping() ? box(corner.x, middle) : "";
  if (swiping()) relabel(middle - corner.x);
}

/** Labels tell the value of the side on which they stand. */
function relabel(at) {
  const themes = [themeAt(baseEpoch()), themeAt(state.epoch)];
  for (const unit of data.units) {
    const side = map.latLngToContainerPoint(unit.label).x < at ? 0 : 1;
    if (drawn.sides.get(unit.code) === side) continue;
    drawn.sides.set(unit.code, side);
    writeLabel(unit.code, themes[side]);
  }
}

function moveTo(percentage) {
  state.swipeAt = Math.max(0, Math.min(100, percentage));
  moveHandle();
  clipPanes();
}

function moveHandle() {
  places.curtain.style.left = `${state.swipeAt}%`;
  const handle = places.curtain.querySelector(".curtain-handle");
  handle.setAttribute("aria-valuenow", String(Math.round(state.swipeAt)));
  handle.setAttribute("aria-valuetext", t("swipe_value", { left: baseEpoch(), right: state.epoch, percent: Math.round(state.swipeAt) }));
  handle.setAttribute("aria-label", t("swipe_handle"));
  places.curtain.querySelector(".curtain-left").textContent = baseEpoch();
  places.curtain.querySelector(".curtain-right").textContent = state.epoch;
}

/** The curtain's line and handle: dragged by pointer, moved by arrow, page, Home and End keys. */
function curtainLine() {
  const steps = { ArrowLeft: -2, ArrowDown: -2, ArrowRight: 2, ArrowUp: 2, PageDown: -10, PageUp: 10, Home: -100, End: 100 };
  const drag = (event) => {
    const stage = places.map.getBoundingClientRect();
    moveTo((100 * (event.clientX - stage.left)) / stage.width);
  };
  const handle = el("button", {
    type: "button", class: "curtain-handle", role: "slider", "aria-valuemin": 0, "aria-valuemax": 100, "aria-orientation": "horizontal",
    on: {
      keydown: (event) => { if (has(steps, event.key)) { event.preventDefault(); moveTo(state.swipeAt + steps[event.key]); } },
      pointerdown: (event) => { handle.setPointerCapture(event.pointerId); handle.addEventListener("pointermove", drag); },
      pointerup: () => handle.removeEventListener("pointermove", drag),
      pointercancel: () => handle.removeEventListener("pointermove", drag),
    },
  }, "⇔");
  return el("div", { class: "curtain", hidden: true }, el("span", { class: "curtain-left" }), el("span", { class: "curtain-right" }), handle);
}
