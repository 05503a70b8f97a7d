// The data of the page, what the reader has chosen, and how the one is looked up by the other.
const data = JSON.parse(document.getElementById("sinkatlas-data").textContent);

/** Statuses by what a reader must see first: what is missed, what is in doubt, what is kept. */
const URGENCY = ["not_met", "off_track", "cannot_tell", "on_track", "met", "not_evaluable"];

/** Indices of targets, the worst first; among equals the least likely, then the plan's own order. */
function byUrgency(indices) {
  const rank = (i) => [URGENCY.indexOf(data.verdicts[i].status), data.verdicts[i].probability ?? 2];
  return [...indices].sort((a, b) => rank(a)[0] - rank(b)[0] || rank(a)[1] - rank(b)[1] || a - b);
}

/** The page opens on the plan: the worst target that can be drawn, or null without any. */
const worst = byUrgency(data.verdicts.keys()).find((i) => data.verdicts[i].value !== null
  && data.indicators.some((each) => each.key === data.verdicts[i].indicator)) ?? null;

const state = {
  language: data.language,
  view: worst === null ? "value" : "gap",
  measure: "total",
  indicator: worst !== null ? data.verdicts[worst].indicator : data.indicators.length ? data.indicators[0].key : null,
  target: worst ?? 0,
  epoch: data.epochs[data.epochs.length - 1],
  base: data.epochs[0],
  unit: null,
  panel: "card",
  chooser: "themes",
  order: "value",
  overlays: new Map(),
  labels: true,
  swipe: false,
  swipeAt: 50,
  stand: null,
  legend: window.innerWidth > 820, // on a phone it would hide the map
  opened: new Set(),
};

const units = new Map(data.units.map((unit) => [unit.code, unit]));
const indicators = new Map(data.indicators.map((indicator) => [indicator.key, indicator]));
const values = indexed(data.results);
const changes = new Map(records(data.changes).map((each) => [changeKey(each.indicator, each.from_epoch, each.to_epoch, each.unit_code), each]));

const shares = records(data.allocation);
const trends = records(data.trajectories);

/** Observed and trend rows of a target's trajectory. */
function trendOf(target) {
  return trends.filter((each) => each.clause === target.clause && each.indicator === target.indicator
    && each.scope === target.scope && each.target_year === target.year);
}

/** The share of a city's target that a district was given here, or null. */
function shareOf(target, code) {
  return shares.find((each) => each.unit_code === code && each.origin === "ours" && each.clause === target.clause
    && each.indicator === target.indicator && each.year === target.year) || null;
}

/** Rows of a table of the payload as objects. */
function records(table) {
  return table.rows.map((row) => {
    const record = Object.create(null);
    table.columns.forEach((name, i) => { record[name] = row[i]; });
    return record;
  });
}

function indexed(results) {
  const found = new Map();
  for (const row of records(results)) {
    row.basis = results.texts[row.basis];
    row.method = results.texts[row.method];
    found.set(JSON.stringify([row.indicator, row.epoch, row.unit_code]), row);
  }
  return found;
}

function changeKey(indicator, from, to, code) {
  return JSON.stringify([indicator, from, to, code]);
}

/** Change between two epochs with the interval of the difference, or null where the bases differ. */
function changeOf(indicator, from, to, code) {
  return changes.get(changeKey(indicator, from, to, code)) || null;
}

/** The result row of an indicator in an epoch and unit, or null; the row's value may be null. */
function row(indicator, epoch, code) {
  return values.get(JSON.stringify([indicator, epoch, code])) || null;
}

function valueOf(indicator, epoch, code) {
  const found = row(indicator, epoch, code);
  return found === null ? null : found.value;
}

/** A word of the interface in the chosen language; {name} places are filled from facts. */
function t(key, facts) {
  const catalogue = data.words[state.language];
  const text = catalogue[key.includes(".") ? key : `map.${key}`];
  if (text === undefined) throw new Error(`no word ${key}`);
  return text.replace(/\{(\w+)\}/g, (all, name) => (facts && name in facts ? facts[name] : all));
}

/** One text of a {zh, en} pair in the chosen language. */
function said(pair) {
  return (pair && (pair[state.language] || pair.zh || pair.en)) || "";
}

/** Title of an indicator or of a part of one, else its key. */
function titleOf(key) {
  const indicator = indicators.get(key);
  return indicator ? said(indicator.title) : has(data.parts, key) ? said(data.parts[key]) : key;
}

/** Keys of the results below a prefix such as "carbon_stock.pool.", in the order of the table. */
function partsOf(prefix, epoch, code) {
  const found = [];
  for (const each of values.values()) {
    if (each.indicator.startsWith(prefix) && each.epoch === epoch && each.unit_code === code) {
      found.push(each);
    }
  }
  return found;
}

function nameOf(code) {
  return code === data.whole.code || code === null ? data.whole.name : units.get(code).name;
}

function absencesOf(indicator, epoch) {
  return data.absences.filter((each) => each.indicator === indicator && each.epoch === epoch);
}

/** Verdict on a target for one district, where the plan sets it by district; else null. */
function districtVerdict(target, code) {
  return data.verdicts.find((each) => each.scope === code && each.clause === target.clause
    && each.indicator === target.indicator && each.year === target.year) || null;
}

/** Indices of the targets a reader can choose: one for a target that is set district by district. */
function chosenTargets() {
  const promise = (each) => JSON.stringify([each.clause, each.indicator, each.year]);
  return byUrgency(data.verdicts.keys()).filter((i) => !units.has(data.verdicts[i].scope)
    || data.verdicts.findIndex((each) => promise(each) === promise(data.verdicts[i])) === i);
}

function ownTargets(code) {
  return byUrgency(data.verdicts.keys()).filter((i) => data.verdicts[i].scope === code);
}

function hasTwoEpochs() {
  return data.epochs.length > 1;
}

/** The other epoch of a change or a swipe; never the epoch in view itself. */
function baseEpoch() {
  if (state.base !== state.epoch) return state.base;
  return data.epochs.find((epoch) => epoch !== state.epoch);
}

/** Whether two epochs lie side by side on the map; a change already shows both. */
function swiping() {
  return state.swipe && hasTwoEpochs() && state.view !== "change";
}
