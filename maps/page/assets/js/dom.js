// Building elements. Text from data enters the page only as text nodes and attribute values of
// fixed names, never as markup.
const SVG = "http://www.w3.org/2000/svg";

/** Make an element: attributes by name, `on` for listeners, `data` for data-*; then children. */
function el(tag, attributes, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

function svg(tag, attributes, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "on") {
      for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
    } else if (name === "style") {
      for (const [property, text] of Object.entries(value)) node.style.setProperty(property, text);
    } else if (name === "data") {
      for (const [key, text] of Object.entries(value)) node.dataset[key] = text;
    } else {
      node.setAttribute(name, value === true ? "" : String(value));
    }
  }
  add(node, children);
  return node;
}

function add(node, children) {
  for (const child of children.flat(4)) {
    if (child === null || child === undefined || child === false) continue;
    node.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

/** Text that came from data: isolated, so that direction marks in it cannot reorder the page. */
function given(text, className) {
  return el("bdi", { class: className || "given" }, text === null || text === undefined ? "" : text);
}

/** Replace the children of a node; focus and scrolling stay where they were. */
function refill(node, ...children) {
  const active = document.activeElement;
  const focused = node.contains(active) ? active.dataset.focus : null;
  const before = node.querySelector(".scroll");
  const scrolled = before ? [before.dataset.key, before.scrollTop] : [null, 0];
  node.replaceChildren();
  add(node, children);
  const after = node.querySelector(".scroll");
  if (after && after.dataset.key === scrolled[0]) after.scrollTop = scrolled[1];
  if (!focused) return;
  const again = [...node.querySelectorAll("[data-focus]")].find((e) => e.dataset.focus === focused);
  if (again) again.focus({ preventScroll: true });
}

/** A button that shows and hides a node; what stands in it is made when it is first shown. */
function disclosure(key, label, sign, content, make) {
  const show = (isOpen) => {
    content.hidden = !isOpen;
    if (isOpen && !content.hasChildNodes()) add(content, [make()]);
  };
  show(state.opened.has(key));
  const button = el("button", {
    type: "button", class: "info", "aria-expanded": String(!content.hidden), "aria-label": label,
    title: label, data: { focus: `info/${key}` },
    on: {
      click: () => {
        show(content.hidden);
        button.setAttribute("aria-expanded", String(!content.hidden));
        if (content.hidden) state.opened.delete(key);
        else state.opened.add(key);
      },
    },
  }, sign);
  return button;
}

/** One stop for a group of controls: arrows, Home and End move within it, and what is reached is chosen. */
function roving(group, chooses) {
  const stops = () => [...group.children].flatMap((each) => (each.matches("[role]") ? [each] : [...each.querySelectorAll("[role='radio']")]));
  const own = stops();
  const at = Math.max(0, own.findIndex((each) => each.matches("[aria-checked='true'], [aria-selected='true']")));
  own.forEach((each, i) => each.setAttribute("tabindex", i === at ? "0" : "-1"));
  group.addEventListener("keydown", (event) => {
    const held = stops(), from = held.indexOf(document.activeElement), last = held.length - 1;
    const to = { ArrowRight: from + 1, ArrowDown: from + 1, ArrowLeft: from - 1, ArrowUp: from - 1, Home: 0, End: last }[event.key];
    if (from < 0 || to === undefined) return;
    event.preventDefault();
    const next = held[(to + held.length) % held.length];
    next.focus();
    if (chooses !== false) next.click();
  });
  return group;
}

/** Own property only: data may use names such as "constructor". */
function has(object, key) {
  return Object.prototype.hasOwnProperty.call(object, key);
}
