// The left side: what the map shows (one theme at a time) and which layers lie over it.
const VIEWS = ["value", "carbon", "change", "verdict", "gap"];

/** Which branch of the tree a layer hangs on, by its kind; others hang on the last. */
const BRANCHES = [
  ["ground", ["land_cover", "land_survey", "rivers", "shoreline"]],
  ["ecosystems", ["forest_subcompartments", "public_welfare_forest", "wetlands", "mangroves", "tidal_marsh", "seagrass"]],
  ["limits", ["redline", "protected_areas", "demonstration_areas", "permanent_farmland", "built_up_boundary", "conflicts"]],
  ["change", ["change_certain", "change_uncertain"]],
  ["works", ["works", "greenways", "parks", "blue_green_network", "project_footprints", "residential_land"]],
  ["other", []],
];

function chooserPanel() {
  return [tabs("chooser", ["themes", "layers"]), el("div", { class: "scroll", role: "tabpanel", data: { key: state.chooser } },
    state.chooser === "themes" ? themesPanel() : layersPanel())];
}

/** A row of tabs for one part of the state. */
function tabs(part, names) {
  return roving(el("div", { class: "tabs", role: "tablist" }, names.map((name) => el("button", {
    type: "button", role: "tab", "aria-selected": String(state[part] === name), data: { tab: name, focus: `${part}/${name}` },
    on: { click: () => update({ [part]: name }) },
  }, t(`tab_${name}`)))));
}

/** Indicators by theme; those without a figure folded away below. `draw` makes the rows of a group. */
function indicatorGroups(draw, hasFigure, place, listed = data.indicators) {
  const known = listed.filter(hasFigure), absent = listed.filter((each) => !known.includes(each));
  const names = [...new Set(known.map((each) => each.group))];
  const key = `absent/${place}`, isOpen = state.opened.has(key);
  return [
    names.map((name) => el("div", { class: "group", role: "presentation" }, names.length > 1 ? el("div", { class: "group-name" }, t(`group_${name}`)) : null,
      draw(known.filter((each) => each.group === name)))),
    absent.length ? el("button", { type: "button", class: "absent-fold quiet", "aria-expanded": String(isOpen), data: { focus: key, fold: place },
      on: { click: () => { if (isOpen) state.opened.delete(key); else state.opened.add(key); update({}); } } },
    t("without_figure", { count: absent.length })) : null,
    absent.length && isOpen ? el("div", { class: "group", role: "presentation" }, draw(absent)) : null,
  ];
}

function themesPanel() {
  const offered = { value: true, carbon: carbonKeys().length > 0, change: hasTwoEpochs(), verdict: data.verdicts.length > 0, gap: data.verdicts.length > 0 };
  const views = VIEWS.filter((view) => offered[view]);
  const listed = state.view === "carbon" ? carbonKeys().map((key) => indicators.get(key)) : data.indicators;
  return [
    roving(el("div", { class: "segments", role: "radiogroup", "aria-label": t("view") }, views.map((view) => el("button", {
      type: "button", class: "segment", role: "radio", "aria-checked": String(state.view === view),
      data: { view, focus: `view/${view}` }, on: { click: () => update({ view }) },
    }, t(`view_${view}`))))),
    state.view === "value" ? measureChoice() : null,
    roving(el("div", { class: "choices", role: "radiogroup", "aria-label": t(byTarget() ? "targets" : "indicators") },
      byTarget() ? chosenTargets().map(targetChoice) : indicatorGroups((group) => group.map(indicatorChoice), hasFigureNow, "choices", listed))),
  ];
}

/** Whether a target is the theme, not an indicator. */
function byTarget() {
  return state.view === "verdict" || state.view === "gap";
}

function measureChoice() {
  const indicator = indicators.get(state.indicator);
  const measures = indicator ? measuresOf(indicator) : ["total"];
  return el("label", { class: "measure" }, el("span", {}, t("measure")), el("select", {
    disabled: measures.length < 2, data: { focus: "measure" }, on: { change: (event) => update({ measure: event.target.value }) },
  }, measures.map((measure) => el("option", {
    value: measure, selected: measure === (measures.includes(state.measure) ? state.measure : "total"),
  }, t(`measure_${measure}`)))));
}

function indicatorChoice(indicator) {
  const whole = valueOf(indicator.key, state.epoch, data.whole.code);
  const land = wholeLand();
  const density = state.view === "carbon" && whole !== null && land ? (indicator.per_land * whole) / land : null;
  const absent = !hasFigureNow(indicator);
  return choice("indicator", indicator.key, [
    el("span", { class: "choice-title" }, said(indicator.title)),
    el("span", { class: "choice-value" }, absent ? t("common.no_data")
      : density === null ? inLegendUnit(whole, indicator.unit) : inLegendUnit(density, indicator.per_land_unit)),
  ]);
}

/** Whether any district has a figure of an indicator in the epoch in view. */
function hasFigureNow(indicator) {
  return data.units.some((unit) => valueOf(indicator.key, state.epoch, unit.code) !== null);
}

function targetChoice(index) {
  const target = data.verdicts[index];
  return choice("target", index, [
    el("span", { class: "choice-title" }, given(targetTitle(target))), statusBadge(target.status)]);
}

function choice(part, value, content) {
  return el("button", {
    type: "button", class: "choice", role: "radio", "aria-checked": String((state.view === "carbon" ? carbonKey() : state[part]) === value),
    data: { [part]: value, focus: `${part}/${value}` }, on: { click: () => update({ [part]: value }) },
  }, content);
}

function layersPanel() {
  const groups = [...layerGroups()].map(([key, group], i) => ({ key, group, i, branch: branchOf(group[0].kind) }));
  return [
    el("label", { class: "check" }, el("input", { type: "checkbox", checked: state.labels, data: { focus: "labels" },
      on: { change: (event) => update({ labels: event.target.checked }) } }), t("labels")),
    groups.length ? null : el("p", { class: "muted" }, t("no_layers")),
    BRANCHES.map(([name]) => layerBranch(name, groups.filter((each) => each.branch === name))),
    el("p", { class: "muted small" }, t("note_layers")),
    data.sensitivity === "public" ? el("p", { class: "muted small" }, t("note_public", { tolerance: brief(data.tolerance_m) })) : null,
  ];
}

function branchOf(kind) {
  return (BRANCHES.find(([, held]) => held.includes(kind)) || BRANCHES[BRANCHES.length - 1])[0];
}

/** A branch of the layer tree: folds, and switches all that hangs on it. */
function layerBranch(name, groups) {
  if (!groups.length) return null;
  const shown = groups.filter((each) => state.overlays.has(each.key)).length;
  const folded = state.opened.has(`folded/${name}`);
  const all = el("input", { type: "checkbox", checked: shown === groups.length, "aria-label": t(`branch_${name}`), data: { focus: `branch/${name}`, branch: name },
    on: { change: (event) => { for (const each of groups) setLayer(each.key, event.target.checked, layerNow(each.group)); update({}); } } });
  all.indeterminate = shown > 0 && shown < groups.length;
  return el("section", { class: "branch" }, el("div", { class: "branch-head" }, all,
    el("button", { type: "button", class: "branch-name", "aria-expanded": String(!folded), data: { focus: `fold/${name}` },
      on: { click: () => { if (folded) state.opened.delete(`folded/${name}`); else state.opened.add(`folded/${name}`); update({}); } } },
    t(`branch_${name}`), el("span", { class: "fold", "aria-hidden": "true" }, folded ? "+" : "−"))),
  folded ? null : groups.map((each) => layerRow(each.key, each.group, each.i)));
}

function layerRow(key, group, i) {
  const layer = layerNow(group);
  const isOn = state.overlays.has(key);
  const names = layer.names || [];
  return el("div", { class: "layer", data: { kind: layer.kind } },
    el("label", { class: "check" }, el("input", { type: "checkbox", checked: isOn, data: { focus: `layer/${i}` },
      on: { change: (event) => toggleLayer(key, event.target.checked, layer) } }), layerKey(layer), given(said(layer.title))),
    el("div", { class: "muted small layer-facts" }, layerFacts(layer)),
    isOn ? el("label", { class: "opacity" }, t("opacity"), el("input", { type: "range", min: 10, max: 100, step: 5,
      value: Math.round(100 * state.overlays.get(key)), data: { focus: `opacity/${i}` },
      on: { input: (event) => { state.overlays.set(key, Number(event.target.value) / 100); paintOverlays(); } } })) : null,
    isOn && names.length ? el("details", { class: "small" }, el("summary", {}, t("names_in_layer", { count: names.length })),
      el("ul", {}, names.map((name) => el("li", {}, given(name))))) : null);
}

function layerFacts(layer) {
  const facts = [layer.epoch === null ? t("timeless") : String(layer.epoch)];
  if (layer.shape === "image") facts.push(t("cell_size", { size: brief(layer.cell_m) }));
  else if (layer.shape) facts.push(t("feature_count", { count: layer.features }), t("simplified", { tolerance: brief(layer.tolerance_m) }));
  if (layer.detail) facts.push(t("detail_cells", { size: brief(layer.detail.cell_m) }));
  return facts.join(" · ");
}

function setLayer(key, isOn, layer) {
  if (isOn && !state.overlays.has(key)) state.overlays.set(key, layer.shape === "image" ? 0.85 : 1);
  else if (!isOn) state.overlays.delete(key);
}

function toggleLayer(key, isOn, layer) {
  setLayer(key, isOn, layer);
  update({});
}
