// Step 6: verdicts, the files, and an earlier run beside this one.
import { ask, page, state, word } from './talk.js';
import { button, el, say, table } from './dom.js';
import { pick } from './picker.js';

const SIGNS = { met: '√', on_track: '↑', cannot_tell: '?', off_track: '↓', not_met: '×', not_evaluable: '–' };

export async function results(go) {
  const show = page('results');
  const folder = state.result ?? state.space?.out;
  let held;
  try { held = await ask('result', { path: folder }); } catch (error) {
    show(el('h1', {}, word('results_title')), el('p', {}, word('no_results')), el('p.dim', {}, error.message), button(word('to_run'), () => go('run'), { main: true }));
    return;
  }
  const link = (name, text) => el('a', { href: `${held.url}/${name.split('/').map(encodeURIComponent).join('/')}`, target: '_blank', rel: 'noopener noreferrer' }, text ?? name);
  const name = (key) => held.titles[key]?.[state.language] ?? key;
  const counts = Object.entries(SIGNS).map(([status, sign]) => [status, sign, held.verdicts.filter((each) => each.status === status).length]).filter((each) => each[2]);
  const beside = el('div');
  show(
    el('h1', {}, held.title), held.synthetic ? el('p.doubt', {}, word('synthetic')) : null,
    el('p', {}, el('strong', {}, counts.map(([status, sign, count]) => `${sign} ${word(`status_${status}`)} ${count}`).join(' · '))),
    el('div.cards', {}, held.first.map((name) => (name === 'sheets'
      ? el('section.card', {}, el('h2', {}, word('open_sheets')), held.files.filter((each) => each.startsWith('sheets/')).map((each) => el('p', {}, link(each, each.slice(7)))))
      : el('section.card', {}, el('h2', {}, word(`open_${name.split('.').pop()}${name.startsWith('method') ? '_method' : ''}`)), el('p', {}, link(name)))))),
    el('div.row', {}, button(word('reveal'), async () => { const { opened } = await ask('reveal', { path: held.folder }); say(opened ? '' : held.folder); }), el('span.dim', {}, held.folder)),
    held.verdicts.length ? table(word('scorecard'), [word('status'), word('target'), word('value'), word('goal'), word('reason')],
      held.verdicts.map((each) => [`${SIGNS[each.status] ?? ''} ${word(`status_${each.status}`)}`, `${name(each.indicator)} ${each.year}`, each.value === '' ? '' : `${number(each.value)} ${each.unit}`, `${word(`comparator_${each.comparator}`)} ${number(each.target)}`, each.reason]), [2, 3]) : null,
    held.problems.length ? el('details', {}, el('summary', {}, word('doubts_of_run', { count: held.problems.length })), held.problems.map((each) => el(`div.finding.${each.severity}`, {}, el('p', {}, each[state.language])))) : null,
    el('h2', {}, word('compare')), el('p', {}, word('compare_more')),
    button(word('compare_do'), async () => {
      const other = await pick(word('pick_result'), ['result', 'folder'], held.folder.replace(/[\\/][^\\/]*$/, ''));
      if (!other) return;
      try { beside.replaceChildren(compared(await ask('compare', { one: other, other: held.folder }), name)); } catch (error) { beside.replaceChildren(el('p.bad', {}, error.message)); }
    }), beside,
    el('details', {}, el('summary', {}, word('all_files')), el('ul', {}, held.files.map((each) => el('li', {}, link(each))))));
}

const number = (value) => (value === '' || value === null || value === undefined ? '' : Number(value).toLocaleString(undefined, { maximumSignificantDigits: 7 }));

function compared(rows, name) {
  const changed = rows.filter((each) => each.one !== each.other);
  return changed.length ? table(word('compared', { count: changed.length, all: rows.length }), [word('target'), word('year'), word('earlier'), word('now'), word('difference')],
    changed.map((each) => [`${name(each.indicator)} (${each.unit})`, each.epoch, number(each.one), number(each.other), each.one === null || each.other === null ? '' : number(each.other - each.one)]), [2, 3, 4]) : el('p', {}, word('all_the_same', { all: rows.length }));
}
