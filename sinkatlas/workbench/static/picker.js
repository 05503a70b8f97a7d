// A dialog that picks a file or folder of this machine. Nothing is uploaded.
import { ask, word } from './talk.js';
import { button, el } from './dom.js';

export function pick(title, kinds, start) {
  return new Promise((done) => {
    const dialog = el('dialog', { 'aria-label': title });
    let chosen = null;
    const finish = (value) => { dialog.close(); dialog.remove(); done(value); };
    const take = button(word('take'), () => finish(chosen), { main: true, disabled: true });
    const body = el('div');
    const trouble = el('p.bad', { role: 'alert' });
    const typed = el('input', { type: 'text', size: 48, placeholder: word('paste_example') });
    async function open(path) {
      try {
        const folder = await ask('folder', { path });
        trouble.textContent = '';
        chosen = kinds.includes('folder') ? folder.path : null;
        take.disabled = chosen === null;
        typed.value = folder.path;
        const entries = folder.entries.filter((each) => each.kind === 'folder' || kinds.includes(each.kind) || (each.kind === 'result' && kinds.includes('folder')));
        const items = entries.map((entry) => el('li', {}, button(`${SIGNS[entry.kind]} ${entry.name}`, (event) => {
          if (entry.kind === 'folder' || (entry.kind === 'result' && !kinds.includes('result'))) { open(entry.path); return; }
          chosen = entry.path; typed.value = entry.path; take.disabled = false;
          for (const other of body.querySelectorAll('.entries button')) other.setAttribute('aria-pressed', 'false');
          event.currentTarget.setAttribute('aria-pressed', 'true');
        }, { 'aria-pressed': 'false', ondblclick: () => chosen && finish(chosen) })));
        body.replaceChildren(
          el('div.crumbs', {}, folder.parents.map((each) => button(each.name, () => open(each.path)))),
          el('ul.entries', {}, items.length ? items : el('li.dim', {}, word('nothing_here'))));
      } catch (error) { trouble.textContent = error.message; }
    }
    const go = () => { open(typed.value).then(() => { if (!trouble.textContent && !kinds.includes('folder')) { chosen = typed.value; take.disabled = false; } }); };
    typed.addEventListener('keydown', (event) => { if (event.key === 'Enter') { event.preventDefault(); go(); } });
    dialog.append(el('h2', {}, title), body,
      el('div.row', {}, el('label.field', {}, el('span', {}, word('paste')), typed), button(word('go'), go)), trouble,
      el('div.row', {}, take, button(word('leave'), () => finish(null))));
    dialog.addEventListener('cancel', (event) => { event.preventDefault(); finish(null); });
    document.body.append(dialog);
    dialog.showModal();
    open(start);
  });
}
const SIGNS = { folder: '📁', data: '🗺', workspace: '📄', document: '📄', result: '✔' };
