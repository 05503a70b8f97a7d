// Where the epochs lead until a target's year, and what a district's share of a target is.
const TREND = { width: 330, height: 84, left: 6, right: 6, top: 8, bottom: 18 };

/** Observed values with whiskers, the line through them with its band, and the target. */
function trendFigure(target) {
  const points = trendOf(target), observed = points.filter((each) => each.kind === "observed"), line = points.filter((each) => each.kind === "trend");
  if (observed.length < 2 || !line.length) return null;
  const years = [...points.map((each) => each.year), target.year].filter((each) => each !== null);
  const level = target.nature === "increment" ? null : target.target;
  const sizes = [...points.flatMap((each) => [each.value, each.low, each.high]), level].filter((each) => each !== null);
  const [first, last, low, high] = [Math.min(...years), Math.max(...years), Math.min(...sizes), Math.max(...sizes)];
  if (last === first || high === low) return null;
  const x = (year) => TREND.left + ((TREND.width - TREND.left - TREND.right) * (year - first)) / (last - first);
  const y = (value) => TREND.height - TREND.bottom - ((TREND.height - TREND.top - TREND.bottom) * (value - low)) / (high - low);
  const path = (rows, name) => rows.map((each) => `${x(each.year).toFixed(1)},${y(each[name]).toFixed(1)}`);
  const banded = line.filter((each) => each.low !== null);
  return el("div", { class: "trend-figure", data: { trend: target.indicator } },
    svg("svg", { viewBox: `0 0 ${TREND.width} ${TREND.height}`, role: "img", "aria-label": trendWords(target, line[line.length - 1]) },
      banded.length ? svg("polygon", { class: "trend-band", points: [...path(banded, "low"), ...path(banded, "high").reverse()].join(" ") }) : null,
      level === null ? null : [svg("line", { class: "trend-target", x1: x(first), x2: x(last), y1: y(level), y2: y(level) }),
        svg("circle", { class: "trend-goal", cx: x(target.year === null ? last : target.year), cy: y(level), r: 4 })],
      svg("polyline", { class: "trend-line", points: path(line, "value").join(" ") }),
      observed.filter((each) => each.low !== null).map((each) => svg("line", { class: "trend-within", x1: x(each.year), x2: x(each.year), y1: y(each.low), y2: y(each.high) })),
      observed.map((each) => svg("circle", { class: "trend-dot", cx: x(each.year), cy: y(each.value), r: 3 })),
      yearMarks(new Set([...observed.map((each) => each.year), last]), x)),
    el("div", { class: "muted small" }, trendWords(target, line[line.length - 1])), paceWords(target, observed[0]));
}

function yearMarks(years, x) {
  const sorted = [...years].sort((a, b) => a - b);
  return sorted.map((year, i) => svg("text", { class: "trend-year", x: x(year), y: TREND.height - 4,
    "text-anchor": i === 0 ? "start" : i === sorted.length - 1 ? "end" : "middle" }, String(year)));
}

function trendWords(target, end) {
  return t("trend_leads", { year: end.year, value: told(end.value, target.unit, endsOf(end)) });
}

/** Pace so far, and the pace that would still be needed where the plan's year is ahead. */
function paceWords(target, point) {
  const unit = target.unit === "%" ? "points" : target.unit;
  const paced = (value) => `${value > 0 ? "+" : ""}${told(value, unit)}`;
  if (point.pace === null) return null;
  return el("div", { class: "muted small" }, [t("pace", { pace: paced(point.pace) }),
    point.required_pace === null ? "" : t("pace_required", { pace: paced(point.required_pace) })].filter(Boolean).join(" · "));
}

/** A district's shares of the city's targets: worked out here, and said to be so. */
function shareSection(code) {
  const own = shares.filter((each) => each.unit_code === code);
  if (!own.length || code === data.whole.code) return null;
  return el("section", { class: "targets" }, el("h3", {}, t("shares")), el("p", { class: "muted small" }, t("note_shares")), own.map(shareRow));
}

function shareRow(share) {
  const unit = share.unit === "%" ? "points" : share.unit;
  return el("div", { class: "target", data: { share: share.indicator } },
    el("div", { class: "target-line" }, el("span", { class: "target-title" }, titleOf(share.indicator), share.year === null ? "" : ` · ${share.year}`), statusBadge(share.status, true)),
    el("dl", { class: "target-facts" },
      fact(t("share_target"), [given(share.share_printed), " ", given(share.unit_printed)]),
      fact(t("share_method"), t(`common.${share.method}`)),
      share.value === null ? null : fact(share.epoch === null ? t("value_now") : t("value_in", { epoch: share.epoch }), figure(share.value, share.unit, {}, endsOf(share))),
      share.gap === null ? null : fact(t("gap"), figure(share.gap, unit, { signed: true }, endsOf(share))),
      share.probability === null ? null : fact(t("probability"), chance(share.probability))));
}
