// Elements from names and values. Text is set as text: nothing out of a file becomes markup.
export function el(name, attributes = {}, ...children) {
  const [tag, ...classes] = name.split('.');
  const made = document.createElement(tag);
  if (classes.length) made.className = classes.join(' ');
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith('on')) made.addEventListener(key.slice(2), value);
    else if (key === 'value') made.value = value;
    else made.setAttribute(key, value === true ? '' : value);
  }
  made.append(...children.flat().filter((each) => each !== null && each !== undefined && each !== ''));
  return made;
}

export const button = (text, onclick, more = {}) => el(more.main ? 'button.main' : 'button', { type: 'button', onclick, ...more, main: null }, text);

export function choice(label, options, value, onchange, more = {}) {
  const list = el('select', { onchange: (event) => onchange(event.target.value), ...more },
    options.map(([key, text]) => el('option', { value: key }, text)));
  list.value = value ?? '';
  return el('label.field', {}, el('span', {}, label), list);
}

export function table(caption, heads, rows, numbers = []) {
  return el('table', {}, el('caption', {}, caption),
    el('thead', {}, el('tr', {}, heads.map((head) => el('th', { scope: 'col' }, head)))),
    el('tbody', {}, rows.map((row) => el('tr', {}, row.map((cell, at) => el(numbers.includes(at) ? 'td.number' : 'td', {}, cell ?? ''))))));
}

export const say = (text) => { document.getElementById('status').textContent = text; };

const SVG = 'http://www.w3.org/2000/svg';
// Outlines in degrees on one small map, the first list below the others.
export function map(layers, label) {
  const points = layers.flatMap((layer) => layer.lines.flat());
  const made = document.createElementNS(SVG, 'svg');
  made.setAttribute('class', 'map'); made.setAttribute('role', 'img'); made.setAttribute('aria-label', label);
  if (!points.length) return made;
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x, y] of points) { west = Math.min(west, x); east = Math.max(east, x); south = Math.min(south, y); north = Math.max(north, y); }
  const narrow = Math.cos((south + north) / 2 * Math.PI / 180);
  const wide = Math.max((east - west) * narrow, 1e-6), high = Math.max(north - south, 1e-6);
  made.setAttribute('viewBox', `${-wide * 0.03} ${-high * 0.03} ${wide * 1.06} ${high * 1.06}`);
  for (const { lines, name } of layers) {
    const path = document.createElementNS(SVG, 'path');
    path.setAttribute('class', name);
    path.setAttribute('d', lines.map((line) => `M${line.map(([x, y]) => `${((x - west) * narrow).toFixed(5)} ${(north - y).toFixed(5)}`).join('L')}`).join(''));
    made.append(path);
  }
  return made;
}
