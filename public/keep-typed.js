// What somebody types into a form with `data-keep` waits in this tab, under its course and learner, until it was sent and
// accepted: whoever comes back after an ended session finds it again within twelve hours, and nobody else does. Kept are the
// text fields and choices that differ from what the page held; never a file, a hidden field or a password. `data-keep` may
// name what the form is about where its address does not. Where this frame may keep nothing, nothing happens.
'use strict';

(() => {
  const PREFIX = 'crosswalk-typed';
  const KEPT_MS = 12 * 60 * 60 * 1_000;
  const NEVER = ['file', 'hidden', 'password', 'submit', 'button', 'image', 'reset'];
  const { person, course, accepted } = document.currentScript.dataset;
  const own = `${PREFIX} ${person} ${course} `;
  const seen = new WeakSet();

  const quietly = (act) => {
    try {
      return act();
    } catch {
      return null;
    }
  };
  const write = (key, entry) => quietly(() => sessionStorage.setItem(key, JSON.stringify(entry)));
  const remove = (key) => quietly(() => sessionStorage.removeItem(key));
  const listKeys = () =>
    quietly(() => Object.keys(sessionStorage).filter((key) => key.startsWith(PREFIX))) ?? [];
  const read = (key) => {
    const entry = quietly(() => JSON.parse(sessionStorage.getItem(key)));
    return typeof entry?.at === 'number' && Date.now() - entry.at < KEPT_MS ? entry : null;
  };
  const keyOf = (form) => `${own}${form.getAttribute('action').split('?')[0]} ${form.dataset.keep}`;

  const isChoice = ({ type }) => type === 'checkbox' || type === 'radio';
  const valueOf = (field) => (isChoice(field) ? field.checked : field.value);
  function drawnValueOf(field) {
    if (isChoice(field)) return field.defaultChecked;
    if (field.options === undefined) return field.defaultValue;
    const drawn = [...field.options].find(({ defaultSelected }) => defaultSelected);
    return (drawn ?? field.options[0])?.value ?? '';
  }

  /** Fields by a name of their own: several may share one, and choices do. */
  function listFields(form) {
    const fields = new Map();
    for (const field of form.elements) {
      const isTyped = field.matches('input, textarea, select') && !NEVER.includes(field.type);
      if (!isTyped || field.name === '' || field.multiple) continue;
      const base = isChoice(field) ? `${field.name}=${field.value}` : field.name;
      let name = base;
      for (let place = 2; fields.has(name); place += 1) name = `${base} ${place}`;
      fields.set(name, field);
    }
    return fields;
  }

  /** `was` stays what the page held when typing began, also when a refused form is drawn again with what was typed. */
  function keep(form, isSent) {
    const before = read(keyOf(form))?.fields ?? {};
    const kept = {};
    for (const [name, field] of listFields(form)) {
      const was = before[name]?.was ?? drawnValueOf(field);
      const value = valueOf(field);
      if (value !== was) kept[name] = { was, value };
    }
    if (Object.keys(kept).length === 0) remove(keyOf(form));
    else write(keyOf(form), { at: Date.now(), isSent, fields: kept });
  }

  /** Only into what still holds what it held then: a value that the server drew since is newer. */
  function restore(form) {
    const kept = read(keyOf(form))?.fields ?? {};
    for (const [name, field] of listFields(form)) {
      const entry = kept[name];
      if (!entry || drawnValueOf(field) !== entry.was) continue;
      if (isChoice(field)) field.checked = entry.value;
      else field.value = entry.value;
      field.dispatchEvent(new Event('change', { bubbles: true }));
      const folded = field.closest('details');
      if (folded) folded.open = true;
    }
  }

  function restoreNew() {
    for (const form of document.querySelectorAll('form[data-keep]')) {
      if (seen.has(form)) continue;
      seen.add(form);
      restore(form);
    }
  }

  for (const key of listKeys()) {
    const entry = read(key);
    if (!entry) remove(key);
    else if (!key.startsWith(own) || !entry.isSent) continue;
    else if (accepted !== undefined) remove(key);
    else write(key, { ...entry, isSent: false });
  }
  restoreNew();
  // Panels bring their forms later.
  new MutationObserver(restoreNew).observe(document.body, { childList: true, subtree: true });

  document.addEventListener('input', ({ target }) => {
    if (target.form?.matches('[data-keep]')) keep(target.form, false);
  });
  document.addEventListener('submit', ({ target }) => {
    if (target.matches('[data-keep]')) keep(target, true);
    if (target.getAttribute('action') === '/lti/sign-out') listKeys().forEach(remove);
  });
})();
