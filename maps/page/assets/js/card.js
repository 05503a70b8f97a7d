// The card: every indicator of the selected district, or of the city with its targets.
const PARTS = [
  ["carbon_stock", "pool"], ["carbon_stock", "type"], ["carbon_sink", "pool"], ["carbon_sink", "type"],
];

function cardPanel() {
  const code = state.unit === null ? data.whole.code : state.unit;
  const isWhole = code === data.whole.code;
  const shown = isWhole ? chosenTargets() : ownTargets(code);
  return el("article", { class: "card", data: { card: code } },
    cardHead(code, isWhole), standSection(),
    shown.length ? targetSection(t(isWhole ? "targets" : "own_targets"), shown) : null,
    shareSection(code), isWhole ? schemeSection() : null,
    el("section", {}, el("h3", {}, t("indicators_in", { epoch: state.epoch })), indicatorGroups(
      (group) => group.map((indicator) => indicatorRow(indicator, code, isWhole)),
      (indicator) => isTold(row(indicator.key, state.epoch, code)) || !byTarget() && indicator.key === state.indicator, "card")),
    PARTS.map(([indicator, kind]) => bars(indicator, kind, code)));
}

function wholeLand() {
  return data.units.reduce((sum, unit) => (sum === null || unit.land_ha === null ? null : sum + unit.land_ha), 0);
}

function cardHead(code, isWhole) {
  const land = isWhole ? wholeLand() : units.get(code).land_ha;
  return el("header", { class: "card-head" },
    el("div", { class: "card-name" }, el("h2", {}, given(nameOf(code))), el("span", { class: "code" }, given(code))),
    el("div", { class: "muted small" }, t("land_area"), t("colon"), figure(land, "ha"), land === null ? "" : ` (${brief(Math.round(land / 100))} km²)`),
    isWhole ? el("p", { class: "muted small hint" }, t("hint_choose")) : el("button", {
      type: "button", class: "quiet", data: { focus: "back" }, on: { click: () => choose(null) } }, t("back_to_city"), " ", given(data.whole.name)));
}

/** Whether a row says something: a value, or the bounds of one. */
function isTold(found) {
  return found !== null && (found.value !== null || found.low !== null);
}

function indicatorRow(indicator, code, isWhole) {
  const found = row(indicator.key, state.epoch, code);
  const key = `card/${indicator.key}`;
  const about = el("div", { class: "about" });
  const isShown = indicator.key === (state.view === "carbon" ? carbonKey() : state.indicator) && !byTarget();
  const hasValue = found && found.value !== null;
  const kind = ["indicator", isShown ? "current" : "", hasValue ? "" : "without-value"].filter(Boolean).join(" ");
  return el("div", { class: kind, data: { row: indicator.key } },
    el("div", { class: "indicator-line" },
      el("span", { class: "indicator-title" }, said(indicator.title), disclosure(key, t("about", { title: said(indicator.title) }), "i", about, () => aboutIndicator(indicator, found))),
      figure(found ? found.value : null, indicator.unit, { data: { indicator: indicator.key } }, endsOf(found))),
    hasValue ? indicatorFacts(indicator, found, code, isWhole)
      : found && found.low !== null ? el("div", { class: "indicator-facts" }, bounds(found, indicator.unit)) : absentReason(indicator),
    about);
}

function indicatorFacts(indicator, found, code, isWhole) {
  const share = indicator.adds_up && !isWhole ? percent(found.value, valueOf(indicator.key, state.epoch, data.whole.code)) : null;
  const secondary = indicator.unit === "ha" ? readable(found.value, indicator.unit) : null;
  const facts = [secondary, found.low === null ? null : interval(found.low, found.high, indicator.unit)].filter(Boolean);
  return [
    facts.length ? el("div", { class: "indicator-facts" }, facts.join(" · ")) : null,
    share === null || share < 0 || share > 100 ? null : el("div", { class: "share" }, el("span", { class: "share-track" },
      el("span", { class: "share-fill", style: { width: `${share}%` } })),
    el("span", { class: "share-text", data: { share: String(share) } }, t("share_of_city", { share: number(share, "%") }))),
    hasTwoEpochs() ? trend(indicator, code) : null,
  ];
}

/** Change from the first epoch to the last with its interval, and a small drawing of all epochs. */
function trend(indicator, code) {
  const first = data.epochs[0], last = data.epochs[data.epochs.length - 1];
  const found = changeOf(indicator.key, first, last, code);
  if (found === null || found.value === null) return null;
  const change = found.value;
  const unit = indicator.unit === "%" ? "points" : indicator.unit;
  const rate = indicator.unit === "%" ? null : percent(change, valueOf(indicator.key, first, code));
  const sign = change > 0 ? "↑" : change < 0 ? "↓" : "＝";
  return el("div", { class: "indicator-facts trend" }, spark(indicator.key, code),
    el("span", {}, `${first} → ${last}`, t("colon"),
      el("span", { class: change > 0 ? "up" : change < 0 ? "down" : "", data: { change: indicator.key, value: String(change) } }, `${sign} ${change > 0 ? "+" : ""}${told(change, unit, endsOf(found))}`),
      rate === null ? "" : ` (${signed(rate, "%")}%)`,
      found.low === null ? "" : ` · ${interval(found.low, found.high, unit)}`));
}

/** A line through the values of all epochs with a whisker over each interval. */
function spark(key, code) {
  const rows = data.epochs.map((epoch) => row(key, epoch, code)).filter((each) => each !== null && each.value !== null);
  if (rows.length < 2) return null;
  const ends = rows.flatMap((each) => [each.value, each.low, each.high]).filter((each) => each !== null);
  const low = Math.min(...ends), high = Math.max(...ends);
  const span = data.epochs[data.epochs.length - 1] - data.epochs[0];
  const x = (epoch) => 4 + (48 * (epoch - data.epochs[0])) / span;
  const y = (value) => (high === low ? 8 : 14 - (12 * (value - low)) / (high - low));
  return svg("svg", { class: "spark", width: 56, height: 16, "aria-hidden": "true" },
    rows.filter((each) => each.low !== null).map((each) => svg("line", { x1: x(each.epoch), x2: x(each.epoch), y1: y(each.low), y2: y(each.high), class: "spark-within" })),
    svg("polyline", { points: rows.map((each) => `${x(each.epoch)},${y(each.value)}`).join(" "), class: "spark-line" }),
    rows.map((each) => svg("circle", { cx: x(each.epoch), cy: y(each.value), r: each.epoch === state.epoch ? 2.6 : 1.6, class: "spark-dot" })));
}

function aboutIndicator(indicator, found) {
  const facts = [
    [t("definition"), said(indicator.definition)], [t("source"), indicator.source],
    found && said(found.basis) ? [t("basis"), said(found.basis)] : null,
    found && said(found.method) ? [t("method"), said(found.method)] : null,
    found && typeof found.coverage === "number" ? [t("coverage"), `${number(100 * found.coverage, "%")}%`] : null,
  ];
  return el("dl", {}, facts.filter(Boolean).map(([name, text]) => [el("dt", {}, name), el("dd", {}, given(text))]));
}

function absentReason(indicator) {
  const reasons = absencesOf(indicator.key, state.epoch);
  return el("div", { class: "indicator-facts absent" }, reasons.length
    ? reasons.map((each) => el("div", {}, given(said(each.message)))) : t("no_data_here"));
}

/** Carbon by pool or by ecosystem type as bars on one scale, zero where it belongs. */
function bars(indicatorKey, kind, code) {
  const prefix = `${indicatorKey}.${kind}.`;
  const parts = partsOf(prefix, state.epoch, code).filter((each) => each.value !== null && each.value !== 0);
  if (!parts.length) return null;
  parts.sort((a, b) => (kind === "pool" ? 0 : b.value - a.value));
  const low = Math.min(0, ...parts.map((each) => each.value)), high = Math.max(0, ...parts.map((each) => each.value));
  const title = t(`parts_${kind}`, { title: titleOf(indicatorKey) });
  return el("section", { class: "bars" }, el("h3", {}, title, el("span", { class: "unit" }, ` ${unitWord(parts[0].unit)}`)),
    el("ul", {}, parts.map((each) => bar(each, low, high))));
}

function bar(part, low, high) {
  const at = (value) => (100 * (value - low)) / (high - low);
  const from = Math.min(at(0), at(part.value));
  return el("li", {}, el("span", { class: "bar-name" }, given(titleOf(part.indicator))),
    el("span", { class: "bar-track" }, el("span", { class: part.value < 0 ? "bar-fill negative" : "bar-fill",
      style: { left: `${from}%`, width: `${Math.abs(at(part.value) - at(0))}%` } })),
    figure(part.value, "", { data: { indicator: part.indicator } }));
}
