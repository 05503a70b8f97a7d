// Step 3: findings by layer, each with what it changes and what can be done about it here.
import { ask, begin, edit, page, state, word } from './talk.js';
import { button, choice, el, say } from './dom.js';
import { stages } from './run.js';

export async function check(go) {
  const show = page('check');
  state.space = await ask('state', { id: state.space.id });
  const found = state.check;
  const body = el('div');
  const again = button(word(found ? 'check_again' : 'check_do'), () => work(go, body, again), { main: true });
  show(el('h1', {}, word('check_title')), el('p', {}, word('check_more')), el('div.row', {}, again, button(word('to_run'), () => go('run'))), body);
  if (found) await findings(go, body, found);
}

async function work(go, body, again) {
  again.disabled = true;
  const bars = stages();
  body.replaceChildren(bars.element);
  try {
    const { job, ended } = await begin({ kind: 'check', id: state.space.id }, (event) => bars.take(event));
    bars.element.append(button(word('cancel'), () => ask('cancel', { job: job.id })));
    const { status, events } = await ended;
    const result = events.find((each) => each.result)?.result;
    const told = events.filter((each) => each.problem).map((each) => each.problem);
    if (status === 'cancelled') { say(word('ended_cancelled')); await check(go); return; }
    state.check = result ?? { problems: told, is_closed: false, layers: [], log: events.filter((each) => each.log).map((each) => each.log) };
    say(word(state.check.is_closed ? 'check_closed' : 'check_open'));
  } catch (error) { body.replaceChildren(el('pre.bad', { role: 'alert' }, error.message)); again.disabled = false; return; }
  await check(go);
}

async function findings(go, body, found) {
  const remedies = await ask('remedies', { problems: found.problems });
  const groups = new Map();
  found.problems.forEach((problem, at) => {
    const layer = state.space.layers.find((each) => each.where === problem.where);
    const name = layer?.where ?? problem.where ?? '';
    if (!groups.has(name)) groups.set(name, []);
    groups.get(name).push([problem, remedies[at], layer]);
  });
  const counts = ['error', 'warning', 'info'].map((each) => `${word(`severity_${each}`)} ${found.problems.filter((one) => one.severity === each).length}`);
  body.replaceChildren(
    el('p', { class: found.is_closed ? '' : 'bad' }, `${word(found.is_closed ? 'check_closed' : 'check_open')} ${counts.join(' · ')}`),
    ...(found.problems.length ? [] : [el('p', {}, word('no_findings'))]),
    ...[...groups].map(([name, members]) => el('section', {}, el('h2', {}, name || word('whole_workspace')), members.map((each) => finding(go, body, ...each)))),
    ...(found.log?.length ? [el('details', {}, el('summary', {}, word('log')), el('pre', {}, found.log.join('\n')))] : []));
}

function finding(go, body, problem, remedy, layer) {
  const text = problem[state.language];
  const trouble = el('p.bad', { role: 'alert' });
  const tried = async (doing) => { try { await doing(); await check(go); say(word('saved')); } catch (error) { trouble.textContent = error.message; } };
  const actions = [];
  if (remedy && layer && remedy.key.length) {
    const set = (value) => tried(() => edit([{ place: [...layer.place, ...remedy.key], value }]));
    if (remedy.values.length === 1) actions.push(button(word('set_to', { key: word(remedy.key[0]), value: word(`unit_of_${remedy.values[0]}`) }), () => set(remedy.values[0])));
    else actions.push(choice(word(remedy.key[0]), [['', word('choose')], ...remedy.values.map((each) => [each, each])], '', (value) => value && set(value)));
  } else if (remedy && !remedy.key.length) {
    actions.push(button(word('repair'), () => tried(async () => { state.space = await ask('repair', { id: state.space.id }); state.check = null; })));
  }
  if (layer) actions.push(button(word('see_layer'), async () => { await go('files'); document.querySelector(`[data-where="${CSS.escape(layer.where)}"]`)?.scrollIntoView(); }));
  return el(`div.finding.${problem.severity}`, {},
    el('p', {}, el('strong', {}, word(`severity_${problem.severity}`)), ` ${text.message}`), el('p.dim', {}, `${text.remedy} [${problem.check}]`),
    problem.changes_numbers ? el('p.doubt', {}, word('changes_numbers')) : problem.idle[state.language] ? el('p.dim', {}, problem.idle[state.language]) : null, el('div.row', {}, actions), trouble);
}
