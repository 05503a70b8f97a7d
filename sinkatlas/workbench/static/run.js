// Step 5: the run, by stages; it goes on when the page is closed.
import { ask, begin, page, state, watched, word } from './talk.js';
import { button, el, say } from './dom.js';
import { pick } from './picker.js';

// One bar for each stage, filled as events come.
export function stages() {
  const bars = new Map(), element = el('div'), seconds = el('p.dim');
  element.append(seconds);
  return {
    element,
    seconds,
    take(event) {
      if (!event.stage) return;
      const { name, done, total } = event.stage;
      if (!bars.has(name)) {
        const bar = el('progress', { max: 1, value: 0, 'aria-label': word(`stage_${name}`) }), count = el('span.dim');
        bars.set(name, [bar, count]);
        element.append(el('div', {}, el('span', {}, word(`stage_${name}`), ' '), count, bar));
      }
      const [bar, count] = bars.get(name);
      bar.max = Math.max(total, 1); bar.value = done; count.textContent = `${done}/${total}`;
    },
  };
}

export async function run(go) {
  const show = page('run');
  state.space = await ask('state', { id: state.space.id });
  const running = (await ask('jobs')).find((each) => each.kind === 'run' && each.status === 'running' && each.workspace === state.space.file);
  if (running) { await follow(go, show, running); return; }
  const out = el('input', { type: 'text', size: 50, value: state.space.out });
  const trouble = el('pre.bad', { role: 'alert', hidden: true });
  const blocked = state.space.problems.length > 0;
  const begun = async () => {
    try {
      const { job } = await begin({ kind: 'run', id: state.space.id, out: out.value });
      await follow(go, show, job);
    } catch (error) { trouble.hidden = false; trouble.textContent = error.message; }
  };
  show(el('h1', {}, word('run_title')), el('p', {}, word('run_more')), trouble,
    blocked ? el('div.finding.error', {}, el('p', {}, word('run_blocked')), state.space.problems.map((each) => el('p', {}, each[state.language].message)), button(word('to_files'), () => go('files'))) : null,
    el('div.row', {}, el('label.field', {}, el('span', {}, word('out_folder')), out), button(word('browse'), async () => { const path = await pick(word('pick_out'), ['folder'], state.space.folder); if (path) out.value = `${path.replace(/[\\/]$/, '')}/result`; })),
    state.space.has_result ? el('p.dim', {}, word('replaces')) : null,
    button(word('run_do'), begun, { main: true, disabled: blocked }));
}

async function follow(go, show, job) {
  const bars = stages(), found = el('div'), log = el('pre'), began = Date.now() - job.seconds * 1000;
  const stop = button(word('cancel'), async () => { stop.disabled = true; await ask('cancel', { job: job.id }); say(word('cancelling')); });
  show(el('h1', {}, word('running')), el('p', {}, word('running_more')), stop, bars.element, found, el('details', {}, el('summary', {}, word('log')), log));
  const clock = setInterval(() => {
    const seconds = (Date.now() - began) / 1000;
    const left = job.expected_seconds ? Math.max(0, Math.round(job.expected_seconds - seconds)) : null;
    bars.seconds.textContent = word(left === null ? 'elapsed' : 'elapsed_left', { seconds: Math.round(seconds), left });
  }, 1000);
  const { status, events } = await watched(job.id, (event) => {
    bars.take(event);
    if (event.log) log.append(`${event.log}\n`);
    if (event.problem) found.append(el(`div.finding.${event.problem.severity}`, {}, el('p', {}, event.problem[state.language].message), el('p.dim', {}, event.problem[state.language].remedy)));
  });
  clearInterval(clock);
  say(word(`ended_${status}`));
  if (state.step !== 'run') return;
  const result = events.find((each) => each.result)?.result;
  if (status === 'done' && result) { state.result = result.folder; await go('results'); return; }
  stop.replaceWith(el('div.row', {}, el('p.bad', {}, word(`ended_${status}`)), button(word('to_check'), () => go('check')), button(word('run_again'), () => run(go))));
}
