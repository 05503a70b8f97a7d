// Step 1: a recent workspace, the example city, a workspace file, or a folder of data.
import { ask, begin, page, state, watched, word } from './talk.js';
import { button, el, say } from './dom.js';
import { pick } from './picker.js';

export async function start(go) {
  const show = page('start');
  state.start = await ask('start');
  state.choices ??= await ask('choices');
  const open = async (path) => {
    const { id } = await ask('open', { path });
    await enter(id, go);
  };
  const home = state.start.home;
  const trouble = el('p.bad', { role: 'alert' });
  const tried = (work) => async () => { trouble.textContent = ''; try { await work(); } catch (error) { trouble.textContent = error.message; } };
  const fromFolder = tried(async () => {
    const path = await pick(word('pick_data_folder'), ['folder', 'data'], home);
    if (!path) return;
    say(word('recognising'));
    const { id } = await ask('propose', { path });
    say('');
    await enter(id, go);
  });
  const fromFile = tried(async () => {
    const path = await pick(word('pick_workspace'), ['workspace'], home);
    if (path) await open(path);
  });
  const city = el('select', { 'aria-label': word('city') }, state.start.cities.map((each) => el('option', { value: each }, word(`city_${each}`))));
  city.value = 'guangzhou';
  const example = tried(async () => {
    const folder = `${home.replace(/[\\/]$/, '')}/sinkatlas-${city.value}`;
    const { job, ended } = await begin({ kind: 'demo', city: city.value, path: folder }, (event) => event.stage && say(`${word(`stage_${event.stage.name}`)} ${event.stage.done}/${event.stage.total}`));
    say(word('making_example'));
    state.job = job;
    const { status, events } = await ended;
    say('');
    const failed = events.filter((each) => each.problem?.severity === 'error').map((each) => each.problem[state.language].message);
    if (status !== 'done') throw new Error(failed.join('\n') || events.filter((each) => each.log).slice(-3).map((each) => each.log).join('\n') || word(`ended_${status}`));
    state.result = `${folder}/result`;
    await open(`${folder}/data/workspace.toml`);
    go('results');
  });
  const running = state.start.jobs.filter((each) => each.status === 'running' && each.kind === 'run');
  show(
    el('h1', {}, word('start_title')), trouble,
    running.map((job) => el('div.card', {}, el('p', {}, word('still_running', { out: job.out })), button(word('watch'), tried(async () => { await open(job.workspace); state.job = job; go('run'); }), { main: true }))),
    el('div.cards', {},
      el('section.card', {}, el('h2', {}, word('own_data')), el('p', {}, word('own_data_more')), button(word('own_data_do'), fromFolder, { main: true })),
      el('section.card', {}, el('h2', {}, word('example')), el('p', {}, word('example_more')), el('div.row', {}, city, button(word('example_do'), example))),
      el('section.card', {}, el('h2', {}, word('existing')), el('p', {}, word('existing_more')), button(word('existing_do'), fromFile))),
    el('h2', {}, word('recent')),
    state.start.runs.length ? el('div.cards', {}, state.start.runs.map((each) => el('article.card', {},
      el('p', {}, el('strong', {}, each.workspace)), el('p.dim', {}, `${each.time.slice(0, 16).replace('T', ' ')} UTC · ${word(`ended_${each.status}`)}`),
      button(word('open'), tried(() => open(each.workspace)), { disabled: !each.exists }),
      each.status === 'done' ? button(word('see_results'), tried(async () => { state.result = each.out; if (each.exists) await open(each.workspace); go('results'); })) : null))) : el('p.dim', {}, word('no_recent')));
}

export async function enter(id, go) {
  state.space = await ask('state', { id });
  state.looks = {}; state.check = null; state.job = null;
  await go('files');
}

export { watched };
