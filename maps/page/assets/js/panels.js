// Quality and provenance: what a reviewer needs before trusting a figure.
function qualityPanel() {
  return el("section", { class: "quality" },
    el("h2", {}, t("tab_quality")),
    el("h3", {}, t("problems")), data.problems.length ? data.problems.map(problemRow) : el("p", { class: "muted" }, t("no_problems")),
    el("h3", {}, t("absences")), data.absences.length ? data.absences.map(absenceRow) : el("p", { class: "muted" }, t("no_absences")),
    el("h3", {}, t("ledger")), el("p", { class: "muted small" }, t("ledger_note")), ledgerTable());
}

function problemRow(problem) {
  return el("div", { class: `problem problem-${problem.severity}`, title: problem.code },
    el("div", {}, el("span", { class: "severity" }, t(`severity_${problem.severity}`)), " ", given(said(problem.message))),
    el("div", { class: "small remedy" }, given(said(problem.remedy))),
    said(problem.where) ? el("div", { class: "muted small" }, given(said(problem.where))) : null);
}

function absenceRow(absence) {
  return el("div", { class: "problem" }, el("div", {}, el("strong", {}, given(titleOf(absence.indicator))), ` · ${absence.epoch}`),
    el("div", { class: "small" }, given(said(absence.message)), " ", given(said(absence.remedy), "given remedy")));
}

function ledgerTable() {
  const columns = ["unit_area_ha", "classified_ha", "no_data_ha", "uncovered_ha", "relative_residual"].filter((name) => data.ledger.columns.includes(name));
  const hasEpoch = data.ledger.columns.includes("epoch");
  return wideTable([t("district"), ...(hasEpoch ? [t("epoch")] : []), ...columns.map((name) => t(`ledger_${name}`))],
    records(data.ledger).map((each) => [scopeWord(each.unit_code), ...(hasEpoch ? [each.epoch] : []),
      ...columns.map((name) => (name === "relative_residual" && each[name] !== null ? each[name].toExponential(1) : number(each[name])))]));
}

function provenancePanel() {
  return el("section", { class: "provenance" },
    el("h2", {}, t("tab_provenance")),
    el("dl", { class: "sources" }, data.imprint[state.language].map(([name, text]) => [el("dt", {}, name), el("dd", {}, given(text))])),
    el("h3", {}, t("coefficients")), coefficientTable(),
    el("h3", {}, t("sources_of_indicators")), el("dl", { class: "sources" }, data.indicators.map((each) => [el("dt", {}, said(each.title)), el("dd", {}, given(each.source))])),
    el("h3", {}, t("run_record")), data.provenance.length ? wideTable([t("entry"), t("content")], data.provenance) : el("p", { class: "muted" }, t("common.none")));
}

function coefficientTable() {
  const rows = records(data.coefficients);
  if (!rows.length) return el("p", { class: "muted" }, t("common.none"));
  const range = (each) => [each.low, each.high].filter((v) => v !== null && v !== undefined && v !== "").join(" – ");
  const origin = (each) => [each.source_document, each.table_section, each.page && `p. ${each.page}`, each.verification].filter(Boolean).join(" · ");
  return wideTable([t("coefficient"), t("value"), t("range"), t("unit"), t("source")],
    rows.map((each) => [each.key, each.value, range(each), each.unit, origin(each)]));
}

function wideTable(heads, rows) {
  return el("div", { class: "wide", tabindex: "0", role: "region", "aria-label": heads.join(", ") }, el("table", {}, el("thead", {}, el("tr", {}, heads.map((head) => el("th", { scope: "col" }, head)))),
    el("tbody", {}, rows.map((cells) => el("tr", {}, cells.map((cell) => el("td", {}, given(cell))))))));
}
