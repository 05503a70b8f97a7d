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
function number(value, unit) {
  if (value === null || value === undefined) return t("common.no_data");
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size < SMALLEST) return value < 0 ? `−<${SMALLEST}` : `<${SMALLEST}`;
  const digits = unit === "count" ? 0 : unit === "%" || unit === "points" || size < 100 ? 2 : size >= 1000 ? 0 : 1;
  const text = WITH_DIGITS[digits].format(size);
  return value < 0 ? `−${text}` : text;
}

function signed(value, unit) {
  const text = number(value, unit);
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

function legendUnit(unit) {
  return has(LEGEND_UNITS, unit) ? LEGEND_UNITS[unit][state.language] : [1, unitWord(unit)];
}

function inLegendUnit(value, unit) {
  const [factor, word] = legendUnit(unit);
  return value === null ? t("common.no_data") : `${number(value * factor, unit)} ${word}`;
}

/** Probability in percent, in the digits that it comes in; never 0 or 100, which nobody can know. */
function chance(probability) {
  return probability < 0.01 ? "< 1%" : probability > 0.99 ? "> 99%" : `${Number((100 * probability).toFixed(1))}%`;
}

/** A value with its exact figure attached; missing says so in words. */
function figure(value, unit, attributes) {
  const exact = value === null ? {} : { value: String(value) };
  const node = el("span", { class: value === null ? "figure missing" : "figure", ...attributes,
    data: { ...exact, ...((attributes && attributes.data) || {}) } }, number(value, unit));
  if (value !== null && unit) node.append(el("span", { class: "unit" }, ` ${unitWord(unit)}`));
  return node;
}

/** The interval that belongs to a theme's number, or an empty text. */
function withinText(theme, code) {
  const ends = theme.within ? theme.within(code) : null;
  return ends === null ? "" : interval(ends[0], ends[1], theme.unit);
}

function interval(low, high, unit) {
  if (low === null || high === null) return t("no_interval");
  return t("interval", { percent: brief(data.interval_percent), low: number(low, unit), high: number(high, unit) });
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
