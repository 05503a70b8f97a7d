// The ranking of districts in the present theme, linked with the map, and the same as CSV.
function rankingRows() {
  const theme = currentTheme();
  const rows = data.units.map((unit) => ({ code: unit.code, name: unit.name, value: theme.of(unit.code), at: theme.classOf(unit.code) }));
  const byCode = (a, b) => (a.code < b.code ? -1 : a.code > b.code ? 1 : 0);
  if (state.order === "code") return rows.sort(byCode);
  const key = (each) => (theme.kind === "worded" ? -each.at : each.value);
  const turn = theme.isGap ? -1 : 1; // of gaps the largest miss first
  const known = rows.filter((each) => each.at >= 0).sort((a, b) => turn * (key(b) - key(a)) || byCode(a, b));
  return [...known, ...rows.filter((each) => each.at < 0).sort(byCode)];
}

function rankingPanel() {
  const theme = currentTheme();
  const rows = rankingRows();
  const sizes = theme.kind === "numeric" ? rows.filter((each) => each.value !== null).map((each) => Math.abs(each.value)) : [];
  const largest = Math.max(0, ...sizes);
  return el("section", { class: "ranking" },
    el("h2", {}, given(theme.title)), el("p", { class: "muted small" }, [theme.when, theme.unit && t("unit_is", { unit: theme.legendUnit || unitWord(theme.unit) })].filter(Boolean).join(" · ")),
    el("table", {}, el("caption", { class: "unseen" }, theme.title),
      el("thead", {}, el("tr", {}, el("th", { scope: "col", class: "rank" }, t("rank")),
        el("th", { scope: "col" }, orderButton("code", t("district"))), el("th", { scope: "col", class: "amount" }, orderButton("value", t("value"))))),
      el("tbody", {}, rows.map((each, i) => rankingRow(each, i, theme, largest)), wholeRow(theme))));
}

function orderButton(order, word) {
  return el("button", { type: "button", class: "quiet", "aria-pressed": String(state.order === order),
    data: { focus: `order/${order}` }, on: { click: () => update({ order }) } }, word, state.order === order ? (order === "value" ? " ▼" : " ▲") : "");
}

function rankingRow(each, i, theme, largest) {
  const colour = each.at < 0 ? null : theme.classes[each.at].colour;
  const width = theme.kind === "numeric" && each.value !== null && largest > 0 ? (100 * Math.abs(each.value)) / largest : 0;
  return el("tr", { class: each.code === state.unit ? "chosen" : "", data: { code: each.code } },
    el("td", { class: "rank" }, each.at < 0 ? "–" : i + 1),
    el("td", {}, el("button", { type: "button", class: "name-button", "aria-pressed": String(each.code === state.unit), data: { focus: `rank/${each.code}` },
      on: { click: () => choose(each.code) } }, el("span", { class: colour ? "swatch" : "swatch hatched", style: colour ? { "background-color": colour } : {} }), given(each.name))),
    el("td", { class: "amount" }, amountCell(each, theme), withinCell(each, theme),
      width ? el("span", { class: "rank-bar", style: { width: `${width}%` } }) : null));
}

/** The interval of a district's figure, where it has one, in sight. */
function withinCell(each, theme) {
  const ends = theme.within && each.value !== null ? theme.within(each.code) : null;
  if (ends === null) return null;
  const [factor] = legendUnit(theme.unit), own = ends.map((end) => end * factor);
  return el("div", { class: "muted small within" }, own.map((end) => number(end, theme.unit, own)).join(" – "));
}

/** A figure in the unit of the legend, which the heading of the table names. */
function amountCell(each, theme) {
  if (theme.kind !== "numeric") return each.at < 0 ? t("common.no_data") : `${theme.classes[each.at].sign} ${theme.classes[each.at].word}`;
  const [factor] = legendUnit(theme.unit), ends = theme.within && each.code ? theme.within(each.code) : null;
  const text = each.value === null ? theme.text(each.code) : (theme.signed ? signed : number)(each.value * factor, theme.unit, ends && ends.map((end) => end * factor));
  return el("span", each.value === null ? { class: "missing" } : { data: { value: String(each.value) } }, text);
}

/** The whole as the last row, where the theme has a value for it. */
function wholeRow(theme) {
  if (theme.measure !== "total") return null;
  return el("tr", { class: "whole" }, el("td", { class: "rank" }),
    el("td", {}, el("button", { type: "button", class: "name-button", data: { focus: "rank/whole" }, on: { click: () => choose(null) } }, given(data.whole.name))),
    el("td", { class: "amount" }, amountCell({ value: theme.of(data.whole.code) }, theme)));
}

const CSV_COLUMNS = ["unit_code", "unit_name", "period", "indicator", "theme", "shown", "shown_low", "shown_high", "shown_unit", "value", "low", "high", "unit", "note"];

/** What the map shows, of both years under a curtain: exact figures of each district and the whole. */
function csvText() {
  const rows = (swiping() ? [baseEpoch(), state.epoch] : [state.epoch]).flatMap(csvRows);
  return [CSV_COLUMNS, ...rows].map((cells) => cells.map(csvCell).join(",")).join("\r\n") + "\r\n";
}

function csvRows(epoch) {
  const theme = themeAt(epoch), note = data.synthetic ? t("common.synthetic") : "";
  return [...data.units, data.whole].map(({ code, name }) => {
    const found = row(theme.indicator, epoch, code) || {};
    const [low, high] = (theme.within && theme.within(code)) || [null, null];
    return [code, name, theme.when, theme.indicator, theme.title, csvShown(theme, code), low, high, theme.unit, found.value, found.low, found.high, found.unit, note];
  });
}

function csvShown(theme, code) {
  if (code === data.whole.code) return theme.measure === "total" ? theme.of(code) : null;
  const at = theme.classOf(code);
  if (theme.kind === "numeric") return theme.of(code);
  return at < 0 ? null : theme.classes[at].word;
}

/** Missing is empty; text that a spreadsheet would run as a formula gets an apostrophe. */
function csvCell(value) {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return String(value);
  const text = /^[=+\-@\t\r\n\0＝＋－＠]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}

function saveCsv() {
  const address = URL.createObjectURL(new Blob(["\ufeff", csvText()], { type: "text/csv;charset=utf-8" }));
  const link = el("a", { href: address, download: `${data.whole.code}-${currentTheme().key.replace(/[^A-Za-z0-9]+/g, "-")}-${state.epoch}.csv` });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}
