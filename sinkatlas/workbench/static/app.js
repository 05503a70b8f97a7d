// The frame: language, steps, and the one workspace that they work on.
import { ask, page, state, word } from './talk.js';
import { button, el, say } from './dom.js';
import { start } from './start.js';
import { files } from './files.js';
import { check } from './check.js';
import { plan } from './plan.js';
import { run } from './run.js';
import { results } from './results.js';

const STEPS = { start, files, check, plan, run, results };

export async function go(name) {
  const step = state.space || name === 'start' || (name === 'results' && state.result) ? name : 'start';
  state.step = step;
  frame();
  try { await STEPS[step](go); } catch (error) { page(step)(el('h1', {}, word(step)), el('pre.bad', { role: 'alert' }, error.message)); }
  document.getElementById('main').focus();
}

function frame() {
  document.documentElement.lang = state.language === 'zh' ? 'zh-CN' : 'en';
  document.title = `${word(state.step)} · SinkAtlas`;
  document.getElementById('workspace').textContent = state.space ? state.space.file : word('tagline');
  const nav = document.getElementById('steps');
  nav.setAttribute('aria-label', word('steps'));
  nav.replaceChildren(...Object.keys(STEPS).map((name, at) => button(`${at + 1} ${word(name)}`, () => go(name), {
    'aria-current': name === state.step ? 'step' : null, disabled: name !== 'start' && !state.space && !(name === 'results' && state.result), 'data-step': name,
  })));
  for (const each of document.querySelectorAll('#languages button')) each.setAttribute('aria-pressed', String(each.dataset.language === state.language));
}

async function speak(language) {
  state.language = language;
  state.words = await ask('words');
}

for (const each of document.querySelectorAll('#languages button')) {
  each.addEventListener('click', async () => { await speak(each.dataset.language); go(state.step); });
}
try {
  const known = await ask('start');
  await speak(known.language);
  await go('start');
} catch (error) { say(error.message); }
