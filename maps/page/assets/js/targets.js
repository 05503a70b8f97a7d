// The plan's targets for the city: what was promised, what is there, and how sure that is.
function targetSection(title, shown) {
  const counts = Object.keys(data.looks).map((status) => [status, shown.filter((i) => data.verdicts[i].status === status).length]);
  return el("section", { class: "targets" }, el("h3", {}, title),
    said(data.plan.title) ? el("p", { class: "muted small" }, given(said(data.plan.title)), said(data.plan.source) ? [" · ", given(said(data.plan.source))] : null) : null,
    el("div", { class: "status-counts" }, counts.filter(([, count]) => count).map(([status, count]) => el("span", {}, statusBadge(status), ` ${count}`))),
    shown.map(targetRow));
}

function targetRow(index) {
  const target = data.verdicts[index];
  const quote = el("div", { class: "about" });
  const isShown = state.target === index && (state.view === "verdict" || state.view === "gap");
  return el("div", { class: isShown ? "target current" : "target", data: { target: index, status: target.status } },
    el("div", { class: "target-line" },
      el("span", { class: "target-title" }, targetButton(index, target), disclosure(`target/${index}`, t("about", { title: said(target.words.title) }), "i", quote, () => targetDetails(target))),
      statusBadge(target.status)),
    said(target.words.leaning) ? el("p", { class: "muted small leaning" }, given(said(target.words.leaning))) : null,
    el("dl", { class: "target-facts" },
      fact(t("target_printed"), given(said(target.words.printed))),
      fact(target.epoch === null ? t("value_now") : t("value_in", { epoch: target.epoch }), targetValue(target)),
      target.gap === null ? null : fact(t("gap"), figure(target.gap, target.unit === "%" ? "points" : target.unit, { signed: true, data: { gap: index } }, endsOf(target))),
      target.probability === null ? null : fact(t("probability"), el("span", { data: { value: String(target.probability) } }, chance(target.probability)))),
    trendFigure(target),
    el("p", { class: "reason" }, given(said(target.words.reason))),
    quote);
}

/** A target's title: chosen, it is what map, ranking and trend show. */
function targetButton(index, target) {
  return el("button", { type: "button", class: "target-button", "aria-pressed": String(byTarget() && state.target === index), data: { focus: `pick/${index}`, pick: index },
    on: { click: () => pickTarget(index) } }, given(targetTitle(target)));
}

/** Show a target on the map, with its indicator for the other views. */
function pickTarget(index) {
  const { indicator } = data.verdicts[index];
  update({ target: index, view: byTarget() ? state.view : "gap", indicator: indicators.has(indicator) ? indicator : state.indicator });
}

function fact(name, content) {
  return [el("dt", {}, name), el("dd", {}, content)];
}

function targetValue(target) {
  const secondary = target.unit === "ha" ? readable(target.value, target.unit) : null;
  return [figure(target.value, target.unit, { data: { verdict: target.indicator } }, endsOf(target)),
    secondary ? el("span", { class: "muted" }, ` (${secondary})`) : null,
    target.value !== null && target.low !== null ? el("div", { class: "muted small" }, interval(target.low, target.high, target.unit)) : null];
}

function targetDetails(target) {
  return el("dl", {}, fact(t("quote"), el("q", {}, given(said(target.words.quote)))),
    fact(t("clause"), given(target.clause)), fact(t("scope"), given(scopeWord(target.scope))));
}

/** Name of the territory a target binds: the whole, a district, or an area the plan names. */
function scopeWord(scope) {
  return scope === data.whole.code || units.has(scope) ? nameOf(scope) : scope;
}

/** The city's verdict above the map while a target is the theme. */
function targetBanner() {
  if (state.view !== "verdict" && state.view !== "gap") return null;
  const target = data.verdicts[state.target];
  if (!target) return null;
  return el("div", { class: "banner" }, el("span", { class: "muted" }, t("city_verdict")), statusBadge(target.status),
    el("span", {}, given(said(target.words.printed))),
    target.value === null ? null : el("span", {}, t("value_short"), figure(target.value, target.unit, {}, endsOf(target)),
      endsOf(target) ? el("span", { class: "muted" }, ` (${interval(target.low, target.high, target.unit)})`) : null),
    target.probability === null ? null : el("span", {}, `${t("probability")}${t("colon")}${chance(target.probability)}`));
}

/** What the plan wants built or done without a figure, and what this run contributes to it. */
function schemeSection() {
  if (!data.schemes.length) return null;
  return el("section", { class: "targets schemes" }, el("h3", {}, t("schemes")), el("p", { class: "muted small" }, t("note_schemes")),
    data.schemes.map((each, i) => el("div", { class: "target", data: { scheme: i } },
      el("div", { class: "target-line" }, el("span", { class: "target-title" }, given(said(each.title))), el("span", { class: "code" }, given(said(each.clause)))),
      el("dl", { class: "target-facts" },
        fact(t("quote"), el("q", {}, given(said(each.quote)))),
        said(each.contributes) ? fact(t("contributes"), given(said(each.contributes))) : null,
        said(each.needs) ? fact(t("scheme_needs"), given(said(each.needs))) : null))));
}
