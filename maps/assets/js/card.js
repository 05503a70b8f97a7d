// The card: every indicator of the selected district, or of the city with its targets.
const PARTS = [
  ["carbon_stock", "pool"], ["carbon_stock", "type"], ["carbon_sink", "pool"], ["carbon_sink", "type"],
];

function cardPanel() {
  const code = state.unit === null ? data.whole.code : state.unit;
  const isWhole = code === data.whole.code;
  const shown = isWhole ? chosenTargets() : ownTargets(code);
  return el("article", { class: "card", data: { card: code } },
    cardHead(code, isWhole),
    shown.length ? targetSection(t(isWhole ? "targets" : "own_targets"), shown) : null,
    el("section", {}, el("h3", {}, t("indicators_in", { epoch: state.epoch })),
      data.indicators.map((indicator) => indicatorRow(indicator, code, isWhole))),
    PARTS.map(([indicator, kind]) => bars(indicator, kind, code)));
}

function cardHead(code, isWhole) {
  const land = isWhole ? data.units.reduce((sum, unit) => (sum === null || unit.land_ha === null ? null : sum + unit.land_ha), 0) : units.get(code).land_ha;
  return el("header", { class: "card-head" },
    el("div", { class: "card-name" }, el("h2", {}, given(nameOf(code))), el("span", { class: "code" }, given(code))),
    el("div", { class: "muted small" }, t("land_area"), t("colon"), figure(land, "ha"), land === null ? "" : ` (${brief(Math.round(land / 100))} km²)`),
    isWhole ? el("p", { class: "muted small hint" }, t("hint_choose")) : el("button", {
      type: "button", class: "quiet", data: { focus: "back" }, on: { click: () => choose(null) } }, t("back_to_city"), " ", given(data.whole.name)));
}

function indicatorRow(indicator, code, isWhole) {
  const found = row(indicator.key, state.epoch, code);
  const key = `card/${indicator.key}`;
  const about = el("div", { class: "about" }, aboutIndicator(indicator, found));
  const isShown = state.indicator === indicator.key && (state.view === "value" || state.view === "change");
  return el("div", { class: isShown ? "indicator current" : "indicator", data: { row: indicator.key } },
    el("div", { class: "indicator-line" },
      el("span", { class: "indicator-title" }, said(indicator.title), disclosure(key, t("about", { title: said(indicator.title) }), "i", about)),
      figure(found ? found.value : null, indicator.unit, { data: { indicator: indicator.key } })),
    found && found.value !== null ? indicatorFacts(indicator, found, code, isWhole) : absentReason(indicator),
    about);
}

function indicatorFacts(indicator, found, code, isWhole) {
  const share = indicator.adds_up && !isWhole ? percent(found.value, valueOf(indicator.key, state.epoch, data.whole.code)) : null;
  const secondary = readable(found.value, indicator.unit);
  const facts = [secondary, found.low === null ? null : interval(found.low, found.high, indicator.unit)].filter(Boolean);
  return [
    facts.length ? el("div", { class: "indicator-facts" }, facts.join(" · ")) : null,
    share === null ? null : el("div", { class: "share" }, el("span", { class: "share-track" },
      el("span", { class: "share-fill", style: { width: `${Math.max(0, Math.min(100, share))}%` } })),
    el("span", { class: "share-text", data: { share: String(share) } }, t("share_of_city", { share: number(share, "%") }))),
    hasTwoEpochs() ? trend(indicator, code) : null,
  ];
}

/** Values of all epochs in one line, with the change from the first to the last. */
function trend(indicator, code) {
  const first = data.epochs[0], last = data.epochs[data.epochs.length - 1];
  const change = difference(valueOf(indicator.key, last, code), valueOf(indicator.key, first, code));
  if (change === null) return null;
  const unit = indicator.unit === "%" ? "points" : indicator.unit;
  const rate = indicator.unit === "%" ? null : percent(change, valueOf(indicator.key, first, code));
  const sign = change > 0 ? "↑" : change < 0 ? "↓" : "＝";
  return el("div", { class: "indicator-facts trend" }, `${first} → ${last}`, t("colon"),
    el("span", { class: change > 0 ? "up" : change < 0 ? "down" : "" }, `${sign} ${signed(change, unit)} ${unitWord(unit)}`),
    rate === null ? "" : ` (${signed(rate, "%")}%)`);
}

function aboutIndicator(indicator, found) {
  const facts = [
    [t("definition"), said(indicator.definition)], [t("source"), indicator.source],
    found && found.basis ? [t("basis"), found.basis] : null,
    found && found.method ? [t("method"), found.method] : null,
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
  return el("li", {}, el("span", { class: "bar-name" }, given(partTitle(part.indicator))),
    el("span", { class: "bar-track" }, el("span", { class: part.value < 0 ? "bar-fill negative" : "bar-fill",
      style: { left: `${from}%`, width: `${Math.abs(at(part.value) - at(0))}%` } })),
    figure(part.value, "", { data: { indicator: part.indicator } }));
}
