// Improves the search of the alignment form: competencies are offered while somebody types (the ARIA authoring practices'
// editable combobox with a listbox), Enter chooses one and leads to its stage, Enter there leads back, Enter in the empty
// field saves. Without it the button beside the field searches, and nothing else is lost.
'use strict';

(() => {
  const PAUSE_MS = 80;
  for (const box of document.querySelectorAll('[data-competency-search]')) attach(box);
  document.addEventListener('align:drawn', ({ target }) => {
    for (const box of target.querySelectorAll('[data-competency-search]')) attach(box);
  });

  function attach(box) {
    const form = box.closest('form');
    const input = box.querySelector('input[type="search"]');
    const list = box.querySelector('[role="listbox"]');
    const says = box.querySelector('[data-search-says]');
    const hint = box.querySelector('[data-keys]');
    const chosen = form.querySelector('[data-chosen-rows]');
    let options = [];
    let active = -1;
    let asked = 0;
    let isWaiting = false;
    let wantsFirst = false;
    let timer = 0;

    hint.textContent = hint.dataset.keys;
    input.setAttribute('role', 'combobox');
    input.setAttribute('aria-autocomplete', 'list');
    input.setAttribute('aria-controls', list.id);
    close();

    input.addEventListener('input', () => {
      clearTimeout(timer);
      asked += 1;
      wantsFirst = false;
      isWaiting = input.value.trim() !== '';
      if (isWaiting) timer = setTimeout(search, PAUSE_MS, asked);
      else close();
    });
    input.addEventListener('keydown', (event) => {
      if (event.isComposing) return;
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step && options.length > 0) {
        event.preventDefault();
        if (list.hidden) open();
        else mark((active + step + options.length) % options.length);
      } else if (event.key === 'Escape' && !list.hidden) {
        event.preventDefault();
        close();
      } else if (event.key === 'Enter') {
        event.preventDefault();
        enter();
      }
    });
    box.addEventListener('focusout', ({ relatedTarget }) => {
      if (!box.contains(relatedTarget)) close();
    });
    // The field keeps the focus while the mouse chooses.
    list.addEventListener('mousedown', (event) => event.preventDefault());
    list.addEventListener('click', ({ target }) => {
      const at = [...list.children].indexOf(target.closest('[role="option"]'));
      if (at >= 0) choose(options[at]);
    });
    form.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || !event.target.matches('select')) return;
      event.preventDefault();
      input.focus();
    });

    function enter() {
      if (input.value.trim() === '') return form.requestSubmit(form.querySelector('[data-save]'));
      if (isWaiting) wantsFirst = true;
      else if (!list.hidden && options[active]) choose(options[active]);
      else if (options.length > 0) open();
    }

    async function search(number) {
      const address = new URL(box.dataset.competencySearch, window.location.href);
      address.searchParams.set('q', input.value);
      let answer = { options: [], announcement: box.dataset.failed };
      try {
        const got = await fetch(address, { headers: { Accept: 'application/json' } });
        if (got.ok) answer = await got.json();
        else if (got.status === 401) answer.announcement = box.dataset.ended;
      } catch {
        // The announcement says so.
      }
      if (number !== asked) return;
      isWaiting = false;
      options = answer.options;
      says.textContent = answer.announcement;
      list.replaceChildren(...options.map(drawOption));
      if (wantsFirst && options[0]) choose(options[0]);
      else if (options.length > 0) open();
      else close();
      wantsFirst = false;
    }

    function drawOption(option, at) {
      const item = document.createElement('li');
      item.id = `${list.id}-${at}`;
      item.setAttribute('role', 'option');
      item.setAttribute('aria-selected', 'false');
      item.append(...drawParts(option.parts), document.createElement('br'));
      const path = document.createElement('span');
      path.className = 'soft small';
      path.textContent = option.path;
      item.append(path);
      return item;
    }

    function drawParts(parts) {
      return parts.map(({ text, isMarked }) => {
        const part = document.createElement(isMarked ? 'mark' : 'span');
        part.textContent = text;
        return part;
      });
    }

    function open() {
      list.hidden = false;
      input.setAttribute('aria-expanded', 'true');
      mark(0);
    }

    function close() {
      list.hidden = true;
      active = -1;
      input.setAttribute('aria-expanded', 'false');
      input.removeAttribute('aria-activedescendant');
    }

    function mark(at) {
      list.children[active]?.setAttribute('aria-selected', 'false');
      active = at;
      const option = list.children[at];
      option.setAttribute('aria-selected', 'true');
      option.scrollIntoView({ block: 'nearest' });
      input.setAttribute('aria-activedescendant', option.id);
    }

    /** Its row is ticked, made where there is none, and stands among those chosen; the focus goes to its stage. */
    function choose(option) {
      const known = [...form.querySelectorAll('.align-row')].find(
        (row) => row.querySelector('input').value === option.identifier,
      );
      const row = known ?? makeRow(option);
      const tick = row.querySelector('input');
      const words = known && tick.checked ? box.dataset.already : box.dataset.chosen;
      tick.checked = true;
      if (!chosen.contains(row)) chosen.querySelector('ul').append(row);
      chosen.querySelector('[data-chosen-none]').hidden = true;
      says.textContent = words.replace('STATEMENT', option.statement);
      input.value = '';
      options = [];
      close();
      row.querySelector('select').focus();
    }

    function makeRow({ identifier, statement, path }) {
      const template = form.parentElement.querySelector('[data-row]');
      const row = template.content.firstElementChild.cloneNode(true);
      const [tick, stage] = [row.querySelector('input'), row.querySelector('select')];
      const [label, stageLabel] = row.querySelectorAll('label');
      tick.value = identifier;
      tick.id = `item-${identifier}`;
      label.htmlFor = tick.id;
      stage.name = stage.id = stageLabel.htmlFor = `stage-${identifier}`;
      stageLabel.textContent = template.dataset.stageFor.replace('STATEMENT', statement);
      row.querySelector('[data-statement]').textContent = statement;
      row.querySelector('[data-path]').textContent = path;
      return row;
    }
  }
})();
