// Numbers and units as readers of either language expect them. The exact value always stays in a
// data-value attribute beside the rounded text.
const UNIT_WORDS = {
  "%": { zh: "%", en: "%" },
  "ha": { zh: "公顷", en: "ha" },
  "km": { zh: "公里", en: "km" },
  "m3": { zh: "立方米", en: "m³" },
  "m3/ha": { zh: "立方米/公顷", en: "m³/ha" },
  "t C": { zh: "吨碳", en: "t C" },
  "t C/ha": { zh: "吨碳/公顷", en: "t C/ha" },
  "t CO2/yr": { zh: "吨CO₂/年", en: "t CO₂/yr" },
  "t CO2/ha/yr": { zh: "吨CO₂/公顷·年", en: "t CO₂/ha/yr" },
  "t CO2e/yr": { zh: "吨CO₂当量/年", en: "t CO₂e/yr" },
  "t CO2e/ha/yr": { zh: "吨CO₂当量/公顷·年", en: "t CO₂e/ha/yr" },
  "count": { zh: "个", en: "" },
  "km/km2": { zh: "公里/平方公里", en: "km/km²" },
  "points": { zh: "个百分点", en: "percentage points" },
};

// 15 mu are 1 ha exactly; 万 is ten thousand.
const READABLE = {
  "ha": { zh: [15e-4, "万亩"], en: [1e-2, "km²"] },
  "m3": { zh: [1e-4, "万立方米"], en: [1e-6, "million m³"] },
  "t C": { zh: [1e-4, "万吨碳"], en: [1e-6, "Mt C"] },
  "t CO2/yr": { zh: [1e-4, "万吨CO₂/年"], en: [1e-6, "Mt CO₂/yr"] },
  "t CO2e/yr": { zh: [1e-4, "万吨CO₂当量/年"], en: [1e-6, "Mt CO₂e/yr"] },
};

// Legends count in powers of ten of the unit, so that round class breaks stay round.
const LEGEND_UNITS = {
  "m3": { zh: [1e-4, "万立方米"], en: [1e-3, "thousand m³"] },
  "t C": { zh: [1e-4, "万吨碳"], en: [1e-3, "kt C"] },
  "t CO2/yr": { zh: [1e-4, "万吨CO₂/年"], en: [1e-3, "kt CO₂/yr"] },
  "t CO2e/yr": { zh: [1e-4, "万吨CO₂当量/年"], en: [1e-3, "kt CO₂e/yr"] },
};

function unitWord(unit) {
  return has(UNIT_WORDS, unit) ? UNIT_WORDS[unit][state.language] : unit;
}

const SMALLEST = 0.01;

// Made once: to make one for every number takes longer than all the rest of a card.
const WITH_DIGITS = [0, 1, 2].map((digits) => new Intl.NumberFormat("en-US", { minimumFractionDigits: digits === 2 ? 2 : 0, maximumFractionDigits: digits }));
const AS_NEEDED = new Intl.NumberFormat("en-US", { maximumFractionDigits: 10 });

/** Plain number with thousands separated: two decimals for rates, fewer for large amounts; what two
 * decimals would print as zero is told as less than their last digit, so that "0" is a true zero. */
function number(value, unit, ends) {
  if (value === null || value === undefined) return t("common.no_data");
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size < SMALLEST) return value < 0 ? `−<${SMALLEST}` : `<${SMALLEST}`;
  const usual = unit === "count" ? 0 : unit === "%" || unit === "points" || size < 100 ? 2 : size >= 1000 ? 0 : 1;
  const digits = supported(size, usual, ends);
  const text = WITH_DIGITS[Math.max(0, digits)].format(digits < 0 ? Math.round(size * 10 ** digits) / 10 ** digits : size);
  return value < 0 ? `−${text}` : text;
}

/** Decimals that an interval supports: the second digit of half its width is the last one kept, and two
 * digits of the number always stay; negative ones are tens and hundreds. */
function supported(size, usual, ends) {
  const half = ends ? (ends[1] - ends[0]) / 2 : 0;
  if (!(half > 0) || !Number.isFinite(half)) return usual;
  return Math.min(usual, Math.max(1 - Math.floor(Math.log10(half)), Math.min(1 - Math.floor(Math.log10(size)), usual)));
}

function signed(value, unit, ends) {
  const text = number(value, unit, ends);
  return value > 0 ? `+${text}` : text;
}

/** As few digits as the number needs, for class breaks. */
function brief(value) {
  const text = AS_NEEDED.format(Math.abs(Number(value.toPrecision(12))));
  return value < 0 ? `−${text}` : text;
}

/** The same amount in the unit that plans print, or null where there is none. */
function readable(value, unit) {
  if (value === null || !has(READABLE, unit)) return null;
  const [factor, word] = READABLE[unit][state.language];
  // A district's few hectares say nothing in 万亩; the figure in the plain unit stands beside it.
  return Math.abs(value * factor) < SMALLEST ? null : `${number(value * factor)} ${word}`;
}

/** Factor and word of the unit in which an amount is told: m³, t and t/yr in the ten thousands that plans print. */
function toldIn(value, unit) {
  const large = has(LEGEND_UNITS, unit) ? LEGEND_UNITS[unit][state.language] : null;
  return large !== null && Math.abs(value * large[0]) >= 1 ? large : [1, unitWord(unit)];
}

function legendUnit(unit) {
  return has(LEGEND_UNITS, unit) ? LEGEND_UNITS[unit][state.language] : [1, unitWord(unit)];
}

function inLegendUnit(value, unit) {
  const [factor, word] = legendUnit(unit);
  return value === null ? t("common.no_data") : `${number(value * factor, unit)} ${word}`;
}

/** Probability in whole percent, as in the tables and the brief; never 0 or 100, which nobody can know. */
function chance(probability) {
  return probability < 0.01 ? "< 1 %" : probability > 0.99 ? "> 99 %" : `${Math.round(100 * probability)} %`;
}

/** A value with its exact figure attached, in the digits that its interval supports; missing says so in words. */
function figure(value, unit, attributes, ends) {
  const [factor, word] = value === null ? [1, ""] : toldIn(value, unit);
  const exact = value === null ? {} : { value: String(value) };
  const node = el("span", { ...attributes, class: value === null ? "figure missing" : "figure", signed: null,
    data: { ...exact, ...((attributes && attributes.data) || {}) } },
  value === null ? number(value, unit) : (attributes && attributes.signed ? signed : number)(value * factor, unit, ends && ends.map((each) => each * factor)));
  if (value !== null && unit) node.append(el("span", { class: "unit" }, ` ${word}`));
  return node;
}

/** An amount as text, with its unit, in the unit in which amounts of its size are told. */
function told(value, unit, ends) {
  const [factor, word] = toldIn(value, unit);
  return `${number(value * factor, unit, ends && ends.map((each) => each * factor))} ${word}`;
}

/** Ends of the interval of a row, or null where it has none. */
function endsOf(found) {
  return found && typeof found.low === "number" && typeof found.high === "number" ? [found.low, found.high] : null;
}

/** The interval that belongs to a theme's number, or an empty text. */
function withinText(theme, code) {
  const ends = theme.within ? theme.within(code) : null;
  return ends === null ? "" : interval(ends[0], ends[1], theme.unit);
}

function interval(low, high, unit) {
  if (low === null || high === null) return t("no_interval");
  const [factor] = toldIn(Math.max(Math.abs(low), Math.abs(high)), unit);
  const ends = [low * factor, high * factor];
  return t("interval", { percent: brief(data.interval_percent), low: number(ends[0], unit, ends), high: number(ends[1], unit, ends) });
}

/** What a figure without a value is at least and at most, where too little ground is known. */
function bounds(found, unit) {
  if (found === null || found.low === null || found.low === undefined) return t("common.no_data");
  const facts = { low: number(found.low, unit), coverage: number(100 * found.coverage, "%") };
  return found.high === null ? t("at_least", facts) : t("bounds", { ...facts, high: number(found.high, unit) });
}

function percent(part, whole) {
  return part === null || whole === null || whole === 0 ? null : (100 * part) / whole;
}

/** Status of a verdict told three ways: sign, word, colour. */
/** A status; `ours` where it is on a share that was worked out here, not on the plan's own words. */
function statusBadge(status, ours) {
  const look = data.looks[status];
  return el("span", { class: ours ? "status ours" : "status", data: { status }, style: { "background-color": look.pale } },
    el("span", { class: "sign", "aria-hidden": "true", style: { "background-color": look.colour } }, look.sign), ours ? t("ours_word", { word: t(`common.${status}`) }) : t(`common.${status}`));
}
