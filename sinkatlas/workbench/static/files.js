// Step 2: what each file is taken for and why; kinds, columns, units and legends are picked.
import { ask, begin, edit, page, state, word } from './talk.js';
import { button, choice, el, map, say, table } from './dom.js';
import { pick } from './picker.js';

const UNITS = { area_unit: ['ha', 'mu', 'm2'], stock_unit: ['m3', 'm3_per_ha'], crown_density_unit: ['fraction', 'percent', 'tenths'], code_set: ['sandiao', 'planning2023'] };
const unfolded = new Map();
const kindOf = (key) => state.choices.kinds.find((each) => each.key === key);
const title = (kind) => (kind ? kind[state.language] : word('unknown_kind'));

export async function files(go) {
  const show = page('files');
  const space = state.space = await ask('state', { id: state.space.id });
  const trouble = el('pre.bad', { role: 'alert', hidden: true });
  const changed = async (changes) => {
    try { await edit(changes); await files(go); say(word('saved')); } catch (error) { trouble.hidden = false; trouble.textContent = error.message; }
  };
  const own = space.layers.map((layer) => [layer, el('section.layer', { 'data-where': layer.where })]);
  const years = (space.table.epochs ?? []).map((epoch, at) => [epoch.year, at]);
  const add = async () => {
    const path = await pick(word('pick_data'), ['data'], space.folder);
    if (!path) return;
    const { ended } = await begin({ kind: 'look', id: space.id, paths: [path] });
    const looks = (await ended).events.filter((each) => each.path);
    const changes = [];
    for (const look of looks.filter((each) => each.kinds.length && each.kinds[0].kind !== 'districts')) {
      const at = years.find(([year]) => year === look.year?.year)?.[1] ?? 0;
      const epoch = space.table.epochs[at];
      const count = (epoch.layers ?? []).length + changes.filter((each) => each.place[1] === at).length;
      const made = { kind: look.kinds[0].kind, path: relative(path, space.folder) };
      if (look.layer) made.layer = look.layer;
      if (look.legend?.name) made.legend = look.legend.name;
      changes.push({ place: ['epochs', at, 'layers', count], value: made });
    }
    if (changes.length) await changed(changes);
    else { trouble.hidden = false; trouble.textContent = word('nothing_recognised', { path }); }
  };
  show(
    el('h1', {}, word('files_title')), el('p', {}, word('files_more')), trouble,
    space.problems.length ? el('div.finding.error', {}, space.problems.map((each) => el('p', {}, `${each[state.language].message} ${each[state.language].remedy}`))) : null,
    el('div.row', {}, button(word('add_layer'), add), button(word('add_year'), async () => {
      const year = Number(prompt(word('which_year')));
      if (Number.isInteger(year) && year >= 1900 && year <= 2100) await changed([{ place: ['epochs', years.length], value: { year, layers: [] } }]);
    }), button(word('to_check'), () => go('check'), { main: true })),
    years.map(([year, at]) => el('div.row', {}, el('label.field', {}, el('span', {}, word('year_of_data')), el('input', { type: 'number', min: 1900, max: 2100, value: year, onchange: (event) => changed([{ place: ['epochs', at, 'year'], value: Number(event.target.value) }]) })))),
    own.map(([layer, place]) => { fill(place, layer, changed); return place; }),
    el('details', {}, el('summary', {}, word('show_file')), el('pre', {}, space.text)));
  await recognise(own, changed);
}

function relative(path, folder) {
  const [a, b] = [path, folder].map((each) => each.replaceAll('\\', '/'));
  return a.startsWith(`${b}/`) ? a.slice(b.length + 1) : a;
}

// Another file in a layer's place; of districts also the columns and the code that they share.
async function replaceFile(layer, is_units, changed) {
  const path = await pick(word('pick_data'), ['data'], state.space.folder);
  if (!path) return;
  say(word('recognising'));
  const { ended } = await begin({ kind: 'look', id: state.space.id, paths: [path] });
  const looks = (await ended).events.filter((each) => each.path);
  const look = looks.find((each) => (is_units ? each.units : each.kinds.some((one) => one.kind === layer.kind))) ?? looks[0];
  const made = { path: relative(path, state.space.folder), layer: look?.layer ?? null };
  if (is_units && look?.units) {
    Object.assign(made, { code: look.units.code, name: look.units.name });
    if (look.units.whole_code || !layer.layer.whole_code) made.whole_code = look.units.whole_code || 'whole';
    if (!layer.layer.whole_name) made.whole_name = word('whole_area');
  }
  await changed(Object.entries(made).map(([key, value]) => ({ place: [...layer.place, key], value })));
}

// Files are looked at once each, and shown as soon as they are read.
async function recognise(own, changed) {
  const missing = own.filter(([layer]) => !(layer.path in state.looks)).map(([layer]) => layer.path);
  const paths = [...new Set(missing)];
  if (!paths.length) return;
  say(word('recognising'));
  const { ended } = await begin({ kind: 'look', id: state.space.id, paths }, (event) => {
    if (!event.path) return;
    (state.looks[event.path] ??= []).push(event);
    for (const [layer, place] of own) if (layer.path === event.path) fill(place, layer, changed);
  });
  await ended;
  say('');
}

function lookOf(layer) {
  const found = state.looks[layer.path] ?? [];
  return found.find((each) => each.layer === (layer.layer.layer ?? null)) ?? found[0];
}

function fill(section, layer, changed) {
  const look = lookOf(layer), set = (key, value) => changed([{ place: [...layer.place, ...[key].flat()], value: value === '' ? null : value }]);
  const kind = kindOf(layer.kind), is_units = layer.place[0] === 'units';
  const name = layer.path.split(/[\\/]/).pop();
  const parts = [];
  let summary = `${is_units ? word('units') : `${layer.year ?? '?'} · ${title(kind)}`} · ${name}`;
  if (look) {
    const guess = look.kinds.find((each) => each.kind === layer.kind) ?? look.kinds[0];
    summary += ` · ${word(`form_${look.form}`, { count: look.count.toLocaleString() })} · ${look.crs || (look.form === 'table' ? '' : word('no_crs'))}`;
    if (guess) parts.push(el('p.dim', {}, `${word('because')}: ${guess.evidence.map((each) => each[state.language]).join('; ')}`));
    parts.push(...look.problems.map((each) => el('p.doubt', {}, `${each[state.language].message} ${each[state.language].remedy}`)));
  }
  const fields = [];
  if (!is_units) fields.push(choice(word('kind'), kindChoices(look, layer.kind), layer.kind, (value) => set('kind', value)));
  const columns = (look?.columns ?? []).map((each) => [each.name, `${each.name} (${each.samples.slice(0, 3).join(', ')})`]);
  if (is_units) {
    for (const key of ['code', 'name']) fields.push(choice(word(`unit_${key}`), withOwn(columns, layer.layer[key]), layer.layer[key], (value) => set(key, value)));
    for (const key of ['whole_code', 'whole_name']) fields.push(el('label.field', {}, el('span', {}, word(key)), el('input', { value: layer.layer[key] ?? '', onchange: (event) => set(key, event.target.value) })));
  }
  if (kind?.key === 'land_cover') fields.push(choice(word('legend'), withOwn([['', word('choose')], ...state.choices.legends.map((each) => [each.name, each.title])], layer.layer.legend), layer.layer.legend ?? '', (value) => set('legend', value)));
  if (look && !look.crs && look.form !== 'table' || layer.layer.crs) fields.push(choice(word('crs'), withOwn([['', word('choose')], ...state.choices.systems.map((each) => [each, each])], layer.layer.crs), layer.layer.crs ?? '', (value) => set('crs', value)));
  for (const [key, values] of Object.entries(UNITS)) if (kind?.options.includes(key)) fields.push(choice(word(key), [['', word('usual')], ...values.map((each) => [each, word(`unit_of_${each}`)])], layer.layer[key] ?? '', (value) => set(key, value)));
  parts.push(el('div.row', {}, fields));
  if (look?.legend && !layer.layer.legend) parts.push(el('p.doubt', {}, look.legend.evidence[state.language]));
  if (look?.shift && !layer.layer.shift) parts.push(el('p.doubt', {}, look.shift[state.language], ' ', button(word('shift_back'), () => set('shift', 'gcj02'))));
  if (kind?.fields.length && columns.length && !is_units) parts.push(matched(kind, layer, look, columns, set));
  if (kind?.key === 'land_cover' && look && Object.keys(look.values).length) parts.push(classes(look, layer));
  const preview = el('div');
  parts.push(el('div.row', {}, button(word('choose_file'), () => replaceFile(layer, is_units, changed)), button(word('preview'), () => draw(preview, layer)), is_units ? null : button(word('remove_layer'), () => changed([{ place: layer.place, value: null }]))), preview);
  const details = el('details', { open: unfolded.get(layer.where) ?? isDoubtful(look, layer, kind) }, el('summary', { onclick: () => unfolded.set(layer.where, !details.open) }, summary), ...parts);
  section.replaceChildren(details);
}

// Whether a person has something to choose: such layers stand open.
function isDoubtful(look, layer, kind) {
  if (!look) return !layer.layer.path && !layer.layer.paths;
  const absent = (field) => field.required && !look.fields.some((each) => each.field === field.name) && !layer.layer.fields?.[field.name];
  return look.form === 'unreadable' || (!look.crs && look.form !== 'table' && !layer.layer.crs) || (layer.kind === 'land_cover' && !layer.layer.legend)
    || (layer.place[0] !== 'units' && look.fields.length > 0 && kind?.fields.some(absent)) || (look.shift && !layer.layer.shift);
}

const withOwn = (options, own) => (own && !options.some(([key]) => key === own) ? [...options, [own, own]] : options);

function kindChoices(look, own) {
  const likely = (look?.kinds ?? []).map((each) => each.kind).filter((each) => each !== 'districts');
  const raster = look ? look.form === 'raster' : kindOf(own)?.is_raster;
  const others = state.choices.kinds.filter((each) => each.role !== 'units' && each.is_raster === raster && !likely.includes(each.key)).map((each) => each.key);
  return [...new Set([...likely, own, ...others])].map((key) => [key, title(kindOf(key)) ?? key]);
}

function matched(kind, layer, look, columns, set) {
  const found = Object.fromEntries(look.fields.map((each) => [each.field, each]));
  const rows = kind.fields.map((field) => {
    const own = layer.layer.fields?.[field.name] ?? found[field.name]?.column ?? '';
    const list = el('select', { 'aria-label': field[state.language], onchange: (event) => set(['fields', field.name], event.target.value) },
      [['', field.required ? word('choose') : word('not_there')], ...columns].map(([key, text]) => el('option', { value: key }, text)));
    list.value = own;
    const seen = found[field.name];
    return [`${field[state.language]}${field.required ? ' *' : ''}`, list, seen ? [seen.span, seen.meaning && word(`unit_of_${seen.meaning}`), seen.evidence].filter(Boolean).join(' · ') : '', seen ? seen.doubts.join('; ') : ''];
  });
  return el('details', { open: kind.fields.some((each) => each.required && !found[each.name] && !layer.layer.fields?.[each.name]) }, el('summary', {}, word('columns')),
    table(word('columns_more'), [word('field'), word('column'), word('found'), word('doubts')], rows));
}

function classes(look, layer) {
  const legend = state.choices.legends.find((each) => each.name === layer.layer.legend);
  const cells = Object.values(look.values).reduce((sum, each) => sum + each, 0);
  const rows = Object.entries(look.values).map(([code, count]) => {
    const known = legend?.classes.find((each) => String(each.code) === code);
    const swatch = known ? el('span.swatch') : '';
    if (known) swatch.style.backgroundColor = known.colour;
    return [code, el('span', {}, swatch, known ? known[state.language] : word(legend ? 'not_in_legend' : 'no_legend')), `${(100 * count / cells).toFixed(1)} %`];
  });
  return el('details', { open: true }, el('summary', {}, word('classes')), table(word('classes_more'), [word('code'), word('class'), word('share')], rows, [2]));
}

async function draw(place, layer) {
  place.replaceChildren(el('p', {}, word('reading')));
  try {
    const units = state.space.layers[0];
    const asked = [units, layer].map((each) => ask('outlines', { path: each.path, layer: each.layer.layer, crs: each.layer.crs }).catch((error) => (each === layer ? Promise.reject(error) : { lines: [], left_out: 0 })));
    const [below, above] = await Promise.all(asked);
    place.replaceChildren(map([{ lines: below.lines, name: 'units' }, ...(layer === units ? [] : [{ lines: above.lines, name: 'shape' }])], word('map_of', { name: layer.where })),
      above.left_out ? el('p.dim', {}, word('left_out', { count: above.left_out })) : '');
  } catch (error) { place.replaceChildren(el('p.bad', {}, error.message)); }
}
