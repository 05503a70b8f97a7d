// The address holds what the reader has chosen, so that a link or a bookmark shows the same again.
const STARTED = { ...state };

/** What each linked part of the state may be; anything else in an address is left alone. */
const LINKED = {
  language: Object.keys(data.words), view: VIEWS, measure: ["total", "share", "land"], indicator: [...indicators.keys()],
  target: data.verdicts.map((_, i) => i), epoch: data.epochs, base: data.epochs, unit: [...units.keys()],
  panel: ["card", "ranking", "quality", "provenance"], chooser: ["themes", "layers"], order: ["value", "code"], swipe: [true],
};

function linkText() {
  const chosen = Object.keys(LINKED).filter((name) => state[name] !== STARTED[name] && LINKED[name].includes(state[name]));
  return new URLSearchParams(chosen.map((name) => [name, String(state[name])])).toString();
}

/** Take from an address the parts that it names; the others start as they do without one. */
function readLink() {
  const asked = new URLSearchParams(location.hash.slice(1));
  for (const [name, allowed] of Object.entries(LINKED)) {
    const found = allowed.find((each) => String(each) === asked.get(name));
    state[name] = found === undefined ? STARTED[name] : found;
  }
}

function writeLink() {
  if (location.protocol === "about:") return; // a page inside a notebook has no address of its own
  const text = linkText(), bare = location.href.split("#")[0];
  if (location.hash.slice(1) !== text) history.replaceState(null, "", text ? `${bare}#${text}` : bare);
}

function followLinks() {
  readLink();
  window.addEventListener("hashchange", () => { readLink(); render(); });
}
