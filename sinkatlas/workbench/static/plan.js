// Step 4: a plan that ships, a plan file, or targets read out of a document, each beside its quote.
import { ask, edit, page, state, word } from './talk.js';
import { button, choice, el, say } from './dom.js';
import { pick } from './picker.js';

export async function plan(go, shown = null) {
  const show = page('plan');
  state.space = await ask('state', { id: state.space.id });
  const held = shown ?? await ask('plan', { id: state.space.id });
  const trouble = el('pre.bad', { role: 'alert', hidden: true });
  const tried = async (work) => { try { await work(); } catch (error) { trouble.hidden = false; trouble.textContent = error.message; } };
  const named = async (value) => { await edit([{ place: ['workspace', 'plan'], value }]); await plan(go); say(word('saved')); };
  const fromFile = () => tried(async () => { const path = await pick(word('pick_plan'), ['workspace'], state.space.folder); if (path) await named(path); });
  const fromText = () => tried(async () => {
    const path = await pick(word('pick_document'), ['document'], state.space.folder);
    if (!path) return;
    say(word('reading'));
    const draft = await ask('draft', { id: state.space.id, path });
    say(word('draft_made', { count: draft.targets.length }));
    await plan(go, draft);
  });
  show(el('h1', {}, word('plan_title')), el('p', {}, word('plan_more')), trouble,
    el('div.row', {}, choice(word('shipped_plans'), [['', word('no_plan')], ...state.choices.plans.map((each) => [each.id, each[state.language]])], held.file ? '' : held.named, (value) => tried(() => named(value))),
      button(word('plan_from_document'), fromText), button(word('plan_from_file'), fromFile), button(word('to_run'), () => go('run'), { main: true })),
    held.problems.map((each) => el(`div.finding.${each.severity}`, {}, el('p', {}, each[state.language].message), el('p.dim', {}, each[state.language].remedy))),
    held.is_draft ? drafted(go, held, tried) : held.usable.map((each) => el('div.target', {}, el('p', {}, el('strong', {}, each.title[state.language]), ` ${each.printed[state.language]}`), el('blockquote', {}, `${each.clause}: 「${each.quote}」`))));
}

function drafted(go, held, tried) {
  const change = (changes) => tried(async () => { const next = await ask('edit_plan', { id: state.space.id, digest: held.digest, changes }); await plan(go, next); say(word('saved')); });
  const head = held.plan;
  const input = (key) => el('label.field', {}, el('span', {}, word(`plan_${key}`)), el('input', { value: head[key] ?? '', onchange: (event) => change([{ place: ['plan', key], value: event.target.value }]) }));
  return [
    el('section.card', {}, el('h2', {}, word('plan_head')), el('div.row', {}, ['title_zh', 'city', 'adcode', 'source_zh'].filter((key) => key in head).map(input)),
      head.confirmed === false ? button(word('confirm'), () => change([{ place: ['plan', 'confirmed'], value: true }]), { main: true }) : el('p', {}, word('confirmed'))),
    el('p', {}, word('draft_state', { open: held.targets.filter((each) => each.confirmed === false).length, count: held.targets.length })),
    button(word('confirm_all'), () => change([...held.targets.map((_, at) => ({ place: ['targets', at, 'confirmed'], value: true }))])),
    held.targets.map((target, at) => {
      const set = (key, value) => change([{ place: ['targets', at, key], value }]);
      return el('div.target', {},
        el('h3', {}, `${target.title_zh ?? target.indicator} ${target.year ?? ''}`), quoted(target),
        el('div.row', {},
          el('label.field', {}, el('span', {}, word('year')), el('input', { type: 'number', value: target.year ?? '', onchange: (event) => set('year', event.target.value === '' ? null : Number(event.target.value)) })),
          choice(word('comparator'), ['>=', '<=', '~', '=', 'increase', 'decrease', 'stable'].map((each) => [each, word(`comparator_${each}`)]), target.comparator, (value) => set('comparator', value)),
          el('label.field', {}, el('span', {}, `${word('value')} (${target.unit})`), el('input', { type: 'number', step: 'any', value: target.value ?? '', onchange: (event) => set('value', Number(event.target.value)) })),
          target.confirmed === false ? button(word('confirm'), () => set('confirmed', true), { main: true }) : el('span', {}, word('confirmed')),
          button(word('leave_out'), () => change([{ place: ['targets', at], value: null }]))));
    }),
  ];
}

// The figure stands marked in the words of the plan.
function quoted(target) {
  const [before, ...after] = String(target.quote ?? '').split(target.value_text ?? '\u0000');
  return el('blockquote', {}, before, after.length ? el('mark', {}, target.value_text) : '', after.join(target.value_text ?? ''));
}
