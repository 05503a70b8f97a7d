// The page: header, columns, search, language, print; and the one way in which anything changes.
const places = {};

/** Change the state and show it. */
function update(changes) {
  Object.assign(state, changes);
  render();
}

/** Change what is selected: the side panel and the marks on the map follow, the theme stays. */
function select(changes) {
  Object.assign(state, changes);
  renderSide();
  for (const [code, shape] of drawn.districts) shape.getElement().setAttribute("aria-pressed", String(code === state.unit));
  markChosen();
  markStand();
  thinLabels();
  writeLink();
}

/** Select a district by its code, or the whole with null; a place may hold a sub-compartment too. */
function choose(code, place, epoch) {
  select({ unit: code, stand: null, panel: state.panel === "ranking" ? "ranking" : "card" });
  if (code !== null) places.announce.textContent = `${nameOf(code)}: ${currentTheme().text(code)}`;
  if (place && standLayer(epoch) !== null) askStand(place, epoch);
}

function render() {
  renderFrame();
  paint();
  writeLink();
}

/** Everything around the map, which also settles how large the map is. */
function renderFrame() {
  document.documentElement.lang = state.language === "zh" ? "zh-CN" : "en";
  document.title = `${data.title} · ${data.whole.name}`;
  refill(places.head, header());
  refill(places.chooser, chooserPanel());
  renderSide();
  refill(places.legend, legendBox());
  refill(places.epochs, epochControl());
  refill(places.banner, targetBanner());
  refill(places.watermark, watermark());
  refill(places.foot, footLine());
  if (places.home) { places.home.setAttribute("aria-label", t("home")); places.home.title = t("home"); }
  places.map.setAttribute("aria-label", t("map_label"));
  inView(places.chooser.querySelector(".choice[aria-checked='true']"));
}

/** Scroll what is chosen into its panel, the page itself stays. */
function inView(node) {
  const panel = node && node.closest(".scroll");
  if (!panel) return;
  const { top, bottom } = node.getBoundingClientRect(), room = panel.getBoundingClientRect();
  if (top < room.top) panel.scrollTop -= room.top - top + 8;
  else if (bottom > room.bottom) panel.scrollTop += Math.min(bottom - room.bottom + 8, top - room.top);
}

function renderSide() {
  const before = places.side.querySelector(".target.current");
  const shown = before ? before.dataset.target : null;
  refill(places.side, tabs("panel", ["card", "ranking", "quality", "provenance"]), el("div", { class: "scroll", role: "tabpanel", tabindex: "0", data: { key: scrollKey() } }, sidePanel()));
  const after = places.side.querySelector(".target.current");
  if (after && after.dataset.target !== shown) inView(after);
}

function scrollKey() {
  return JSON.stringify([state.panel, state.unit]);
}

function sidePanel() {
  return { card: cardPanel, ranking: rankingPanel, quality: qualityPanel, provenance: provenancePanel }[state.panel]();
}

function header() {
  return [
    el("div", { class: "titles" }, el("h1", {}, given(data.title)),
      el("div", { class: "muted" }, given(data.whole.name), " ", given(data.whole.code, "given code"), ` · ${state.epoch}`)),
    data.synthetic ? el("span", { class: "synthetic" }, t("common.synthetic")) : null,
    searchBox(),
    el("div", { class: "actions" },
      action("language", state.language === "zh" ? "English" : "中文", () => update({ language: state.language === "zh" ? "en" : "zh" })),
      action("csv", t("save_csv"), saveCsv), action("print", t("print"), () => window.print())),
  ];
}

function action(name, word, listener) {
  return el("button", { type: "button", class: "action", data: { action: name, focus: `action/${name}` }, on: { click: listener } }, word);
}

function searchBox() {
  const results = el("ul", { class: "search-results", id: "search-results", hidden: true });
  const input = el("input", { type: "search", placeholder: t("search"), "aria-label": t("search"), autocomplete: "off", "aria-controls": "search-results", data: { focus: "search" } });
  const close = () => { results.hidden = true; };
  const pick = (code) => { input.value = ""; close(); choose(code === data.whole.code ? null : code); };
  const show = () => {
    const found = matches(input.value);
    results.replaceChildren(...found.map((each) => el("li", {}, el("button", { type: "button", on: { click: () => pick(each.code) } },
      given(each.name), " ", given(each.code, "given code")))));
    if (!found.length && input.value.trim()) results.append(el("li", { class: "muted" }, t("nothing_found")));
    results.hidden = !input.value.trim();
  };
  input.addEventListener("input", show);
  input.addEventListener("keydown", (event) => {
    const found = matches(input.value);
    if (event.key === "Enter" && found.length) pick(found[0].code);
    if (event.key === "Escape") { input.value = ""; close(); }
  });
  return el("div", { class: "search", role: "search" }, input, results);
}

/** Districts whose name or code contains the text; the whole counts too. */
function matches(text) {
  const wanted = text.trim().toLowerCase();
  if (!wanted) return [];
  return [data.whole, ...data.units].filter((each) => each.name.toLowerCase().includes(wanted) || each.code.toLowerCase().includes(wanted)).slice(0, 8);
}

/** The right column of the printed page: the card and the ranking, side panels left out. */
function paper() {
  return [cardPanel(), rankingPanel()];
}

function preparePrint() {
  refill(places.paper, paper());
  document.documentElement.classList.add("printing");
  fitPaper();
  map.invalidateSize({ animate: false });
  goHome();
}

/** What leaves the printed card in turn, while it does not fit: it stands in the brief and the workbook. */
const GIVES_WAY = ["no-schemes", "no-absent", "no-trend", "no-parts", "no-facts", "no-reason", "no-list", "no-facts-of-targets"];

/** Set the card in the largest type, from 9 pt down to 7, with which all that is left stays on the page. */
function fitPaper() {
  const card = places.paper.querySelector(".card");
  if (fits(card)) return;
  for (const each of GIVES_WAY) {
    card.classList.add(each);
    if (fits(card)) return;
  }
}

function fits(card) {
  for (let size = 9; size >= 7; size -= 0.25) {
    card.style.fontSize = `${size}pt`;
    if (card.scrollWidth <= card.clientWidth + 1) return true;
  }
  return false;
}

function finishPrint() {
  document.documentElement.classList.remove("printing");
  places.paper.replaceChildren();
  map.invalidateSize({ animate: false });
  goHome();
}

function hatchPattern() {
  return svg("svg", { width: 0, height: 0, class: "unseen", "aria-hidden": "true" }, svg("defs", {},
    svg("pattern", { id: "hatch", width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
      svg("rect", { width: 6, height: 6, fill: "#f2f2f0" }), svg("line", { x1: 0, y1: 0, x2: 0, y2: 6, stroke: "#a3a8a4", "stroke-width": 1.6 }))));
}

function layOut() {
  places.map = document.getElementById("map_sinkatlas");
  const part = (name, tag, attributes) => { places[name] = el(tag || "div", attributes || { class: name }); return places[name]; };
  const stage = el("main", { class: "stage" }, places.map, part("watermark", "div", { class: "watermark", "aria-hidden": "true" }), curtainPlace(),
    part("epochs", "div", { class: "epoch-box" }), part("banner", "div", { class: "banner-box" }), part("legend", "section", { class: "legend", "aria-live": "off" }));
  document.body.append(hatchPattern(), el("div", { class: "page" },
    part("head", "header", { class: "head" }), part("chooser", "nav", { class: "chooser" }), stage,
    part("side", "aside", { class: "side" }), part("paper", "section", { class: "paper", "aria-hidden": "true" }), part("foot", "footer", { class: "foot" }),
    part("announce", "div", { class: "unseen", role: "status", "aria-live": "polite" })));
}

function curtainPlace() {
  places.curtain = curtainLine();
  return places.curtain;
}

layOut();
followLinks();
renderFrame();
startMap();
paint();
placeLegend();
writeLink();
window.addEventListener("beforeprint", preparePrint);
window.addEventListener("afterprint", finishPrint);
window.addEventListener("keydown", (event) => { if (event.key === "Escape" && state.unit !== null && event.target.type !== "search") choose(null); });
