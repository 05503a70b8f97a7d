// What the page asks the server, and the state that its steps share.
export const state = { language: 'zh', words: {}, choices: null, start: null, space: null, looks: {}, check: null, job: null, result: null };
export const word = (key, facts = {}) => (state.words[key] ?? key.replace(/^unit_of_/, '')).replace(/\{(\w+)\}/g, (all, name) => facts[name] ?? all);
export const told = (problem) => problem[state.language];

export class Refused extends Error {
  constructor(problems) { super(problems.map((each) => `${told(each).message} ${told(each).remedy}`).join('\n')); this.problems = problems; }
}

export async function ask(name, content = {}) {
  let answer;
  try {
    answer = await fetch(`/api/${name}`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ language: state.language, ...content }) });
  } catch { throw new Error(word('gone')); }
  if (answer.status === 400) throw new Refused((await answer.json()).problems);
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  return answer.json();
}

// Events of a job from its first; a lost connection goes on where it was.
export function follow(job, each) {
  const source = new EventSource(`/api/jobs/${job}/events`);
  source.onmessage = (message) => {
    const event = JSON.parse(message.data);
    if (event.ended) source.close();
    each(event);
  };
  return source;
}

// Begin a job and gather its events; resolves with how it ended.
export async function begin(content, each = () => {}) {
  const job = await ask('begin', content);
  return { job, ended: watched(job.id, each) };
}

export function watched(id, each) {
  return new Promise((done) => {
    const events = [];
    follow(id, (event) => { events.push(event); each(event, events); if (event.ended) done({ status: event.ended.status, events }); });
  });
}

// The page of one step, as its drawing begins. Answers may come late: what was asked for an earlier drawing, or for a
// step that the user has left meanwhile, is no longer drawn over what he looks at now.
let turn = 0;
export function page(step) {
  const mine = state.step === step ? ++turn : 0;
  return (...children) => { if (mine === turn) document.getElementById('main').replaceChildren(...children.flat().filter(Boolean)); };
}

export async function edit(changes) {
  state.space = await ask('edit', { id: state.space.id, digest: state.space.digest, changes });
  state.check = null;
  return state.space;
}
