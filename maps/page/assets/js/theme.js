// What the map shows now: a theme gives each district a number or a word, and each of these a class.
const ABOVE = "#80cdc1", BELOW = "#dfc27d", LEVEL = "#f5f5f5";

/** The theme of the present state: {title, unit, note, kind, of(code), classes, classOf(code)}. */
function currentTheme() {
  return themeAt(state.epoch);
}

/** What the present state shows of an epoch. */
function themeAt(epoch) {
  if (state.view === "change" && hasTwoEpochs()) return changeTheme();
  if (data.verdicts.length && state.view === "verdict") return verdictTheme(epoch);
  if (data.verdicts.length && state.view === "gap") return gapTheme(epoch);
  if (state.view === "carbon" && carbonKeys().length) return valueTheme(epoch, carbonKey(), "land");
  return valueTheme(epoch, state.indicator, state.measure);
}

/** Indicators of carbon that can be shown per hectare of land. */
function carbonKeys() {
  return data.indicators.filter((each) => each.per_land !== null && /^t C(O2)?\b/.test(each.unit)).map((each) => each.key);
}

/** How an indicator can be shown: a least distance, say, is no part of a sum. */
function measuresOf(indicator) {
  return ["total", indicator.adds_up ? "share" : null, indicator.per_land === null ? null : "land"].filter(Boolean);
}

function carbonKey() {
  const keys = carbonKeys();
  if (keys.includes(state.indicator)) return state.indicator;
  return keys.includes("carbon_stock") ? "carbon_stock" : keys[0];
}

function valueTheme(epoch, key, wanted) {
  const indicator = indicators.get(key);
  if (!indicator) return emptyTheme();
  const measure = measuresOf(indicator).includes(wanted) ? wanted : "total";
  const level = (code) => valueOf(indicator.key, epoch, code);
  const whole = level(data.whole.code);
  const of = {
    total: level,
    share: (code) => percent(level(code), whole),
    land: (code) => {
      const value = level(code), land = units.get(code).land_ha;
      return value === null || !land ? null : (indicator.per_land * value) / land;
    },
  }[measure];
  const unit = { total: indicator.unit, share: "%", land: indicator.per_land_unit }[measure];
  return numeric({
    key: `value/${indicator.key}/${measure}`, of, unit, measure, indicator: indicator.key,
    most: measure === "total" && indicator.adds_up ? largest(data.epochs.flatMap((each) => data.units.map((one) => valueOf(indicator.key, each, one.code)))) : 0,
    title: measure === "total" ? said(indicator.title) : `${said(indicator.title)} · ${t(`measure_${measure}`)}`,
    note: measure === "share" ? t("note_share") : "", within: measure === "share" ? null : (code) => withinOf(indicator, measure, epoch, code),
    when: String(epoch),
  });
}

/** Ends of the interval of a value, in the unit in which the theme shows it; null where none is known. */
function withinOf(indicator, measure, epoch, code) {
  const found = row(indicator.key, epoch, code);
  if (found === null || found.low === null || found.high === null) return null;
  const land = code === data.whole.code ? null : units.get(code).land_ha;
  if (measure !== "land") return [found.low, found.high];
  return land ? [found.low, found.high].map((each) => (indicator.per_land * each) / land) : null;
}

/** The largest amount among values, by its size; amounts of whole districts are drawn as circles, never as coloured ground. */
function largest(amounts) {
  return Math.max(0, ...amounts.filter((each) => each !== null).map(Math.abs));
}

function changeTheme() {
  const indicator = indicators.get(state.indicator);
  if (!indicator) return emptyTheme();
  const from = Math.min(baseEpoch(), state.epoch), to = Math.max(baseEpoch(), state.epoch);
  return numeric({
    key: `change/${indicator.key}`, indicator: indicator.key, signed: true, measure: "total",
    most: indicator.adds_up ? largest(data.units.map((each) => (changeOf(indicator.key, from, to, each.code) || { value: null }).value)) : 0,
    of: (code) => (changeOf(indicator.key, from, to, code) || { value: null }).value,
    within: (code) => {
      const found = changeOf(indicator.key, from, to, code);
      return found === null || found.low === null ? null : [found.low, found.high];
    },
    unit: indicator.unit === "%" ? "points" : indicator.unit,
    title: t("title_change", { title: said(indicator.title) }), note: t("note_change"),
    when: `${from} → ${to}`,
  });
}

/** Districts against the city's target: rates by their difference, amounts by what they bring. */
function gapTheme(epoch) {
  const target = data.verdicts[state.target];
  const indicator = indicators.get(target.indicator);
  const key = `gap/${state.target}`;
  if (isSplit(target)) return shareGapTheme(target, key, epoch);
  if (!indicator) return emptyTheme(targetTitle(target), t("note_no_target_number"));
  if (!has(data.classes, key)) return { ...valueTheme(epoch, target.indicator, "total"), target, note: t("note_no_target_number") };
  const level = (code) => valueOf(indicator.key, epoch, code);
  return numeric({
    key, indicator: indicator.key, signed: !indicator.adds_up,
    most: indicator.adds_up ? largest(data.epochs.flatMap((each) => data.units.map((one) => percent(valueOf(indicator.key, each, one.code), target.target)))) : 0,
    of: (code) => {
      const value = level(code);
      if (value === null) return null;
      return indicator.adds_up ? (100 * value) / target.target : value - target.target;
    },
    unit: indicator.adds_up ? "%" : indicator.unit === "%" ? "points" : indicator.unit,
    title: targetTitle(target), note: t(indicator.adds_up ? "note_gap_amount" : "note_gap_rate"),
    when: String(epoch), target,
  });
}

/** Whether a target was split over the districts: the same shares are then the basis of every map. */
function isSplit(target) {
  return data.units.some((unit) => shareOf(target, unit.code));
}

/** Districts against their own shares, as the map of verdicts takes them. */
function shareGapTheme(target, key, epoch) {
  return numeric({
    key, indicator: target.indicator, signed: true, isGap: true, unit: target.unit === "%" ? "points" : target.unit,
    of: (code) => (shareOf(target, code) || { gap: null }).gap,
    within: (code) => {
      const share = shareOf(target, code);
      return endsOf(share) === null ? null : endsOf(share).map((each) => each - (share.value - share.gap));
    },
    most: indicators.get(target.indicator)?.adds_up ? largest(data.units.map((each) => (shareOf(target, each.code) || { gap: null }).gap)) : 0,
    title: t("ours_title", { title: targetTitle(target) }), note: t("note_gap_share"), when: String(epoch), target,
  });
}

/** Verdicts by district where the plan sets them; else how districts stand to the city's target. */
function verdictTheme(epoch) {
  const target = data.verdicts[state.target];
  const own = data.units.some((unit) => districtVerdict(target, unit.code));
  if (own) return districtVerdictTheme(target, epoch, t("note_district_verdict"), districtVerdict);
  if (isSplit(target)) return {
    ...districtVerdictTheme(target, epoch, t("note_shares"), shareOf, (word) => t("ours_word", { word })),
    title: t("ours_title", { title: targetTitle(target) }),
  };
  const indicator = indicators.get(target.indicator);
  const isRate = indicator && !indicator.adds_up && target.target !== null && target.nature !== "increment";
  if (isRate) return sideTheme(target, t("note_side_rate"), ["reaches", "below"], epoch, (code) => {
    const value = valueOf(indicator.key, epoch, code);
    if (value === null) return null;
    return value >= target.target ? "reaches" : "below";
  });
  if (!indicator || !hasTwoEpochs()) return emptyTheme(targetTitle(target), t("note_no_side"));
  const from = Math.min(baseEpoch(), state.epoch), to = Math.max(baseEpoch(), state.epoch);
  return sideTheme(target, t("note_side_trend", { from, to }), ["rising", "level", "falling"], epoch, (code) => {
    const found = changeOf(indicator.key, from, to, code);
    if (found === null || found.value === null) return null;
    const change = found.value;
    return change > 0 ? "rising" : change < 0 ? "falling" : "level";
  });
}

function districtVerdictTheme(target, epoch, note, verdictOf, called = (word) => word) {
  const statusOf = (code) => {
    const found = verdictOf(target, code);
    return found ? found.status : null;
  };
  const classes = Object.entries(data.looks).map(([status, look]) => ({ word: called(t(`common.${status}`)), sign: look.sign, colour: look.pale }));
  return worded(target, note, Object.keys(data.looks), classes, epoch, statusOf);
}

function sideTheme(target, note, names, epoch, of) {
  const [good, poor] = target.comparator === "<=" ? [BELOW, ABOVE] : [ABOVE, BELOW];
  const colours = { reaches: good, rising: good, below: poor, falling: poor, level: LEVEL };
  const signs = { reaches: "≥", below: "<", rising: "↑", falling: "↓", level: "＝" };
  const classes = names.map((name) => ({ word: t(`side_${name}`), sign: signs[name], colour: colours[name] }));
  return worded(target, note, names, classes, epoch, of);
}

function worded(target, note, names, classes, epoch, of) {
  return {
    kind: "worded", title: targetTitle(target), note, unit: "", when: String(epoch), target, classes,
    indicator: target.indicator, key: `verdict/${state.target}`,
    of, classOf: (code) => names.indexOf(of(code)),
    text: (code) => {
      const at = names.indexOf(of(code));
      return at < 0 ? t("common.no_data") : `${classes[at].sign} ${classes[at].word}`;
    },
  };
}

function numeric(theme) {
  const { breaks, colours } = data.classes[theme.key] || { breaks: [], colours: [] };
  const [factor, word] = legendUnit(theme.unit);
  const show = (value) => brief(value * factor);
  const classes = colours.map((colour, i) => ({ colour, word: rangeWord(breaks, i, show) }));
  return {
    ...theme, kind: "numeric", classes, legendUnit: word,
    classOf: (code) => {
      const value = theme.of(code);
      return value === null || !colours.length ? -1 : breaks.filter((each) => value >= each).length;
    },
    text: (code) => {
      const value = theme.of(code);
      if (value === null) return bounds(theme.key.startsWith("value/") && theme.measure === "total" ? row(theme.indicator, Number(theme.when), code) : null, theme.unit);
      return `${theme.signed && value > 0 ? "+" : ""}${told(value, theme.unit, theme.within ? theme.within(code) : null)}`;
    },
  };
}

/** A class in words; one that holds zero alone, between gains and losses, is told as zero. */
function rangeWord(breaks, i, show) {
  if (!breaks.length) return t("all_values");
  if (i > 0 && breaks[i - 1] === 0 && i < breaks.length && breaks[i] < 1e-300) return "0";
  if (i > 0 && breaks[i - 1] < 1e-300 && breaks[i - 1] > 0) return i === breaks.length ? "> 0" : `> 0 – ${show(breaks[i])}`;
  if (i === 0) return `< ${show(breaks[0])}`;
  if (i === breaks.length) return `≥ ${show(breaks[i - 1])}`;
  return `${show(breaks[i - 1])} – ${show(breaks[i])}`;
}

function emptyTheme(title, note) {
  return { kind: "worded", title: title || t("no_theme"), note: note || "", unit: "", when: String(state.epoch),
    classes: [], of: () => null, classOf: () => -1, text: () => t("common.no_data"), indicator: null, key: "none" };
}

function targetTitle(target) {
  const title = said(target.words.title);
  return target.year === null ? title : `${title} · ${target.year}`;
}
