// Marking as done without waiting for the network: a mark is kept in this browser with its course, launch and learner until
// the server has it, sent again when the connection is back, and never sent for somebody else. Also asks "Finished?" when the
// learner comes back from a resource in another tab. Without script the same forms and buttons work by themselves.
'use strict';

(() => {
  const KEY = 'crosswalk-completions';
  const FIRST_WAIT_MS = 5_000;
  const LONGEST_WAIT_MS = 300_000;
  const QUIET_MS = 400;
  const root = document.querySelector('[data-completions]');
  if (!root) return;
  const { person, course, launch } = root.dataset;
  const token = root.querySelector('form[hidden]').elements.namedItem('_csrf').value;
  const told = root.querySelector('[data-told]');
  let wait = FIRST_WAIT_MS;
  let timer = null;
  let isFlushing = false;

  const say = (name, title) => {
    told.textContent = root.dataset[`words${name}`].replace('TITLE', title);
  };
  const readAll = () => {
    try {
      const kept = JSON.parse(localStorage.getItem(KEY) ?? '[]');
      return Array.isArray(kept) ? kept : [];
    } catch {
      return [];
    }
  };
  /** False where this frame may keep nothing. */
  const change = (edit) => {
    try {
      localStorage.setItem(KEY, JSON.stringify(edit(readAll())));
      return true;
    } catch {
      return false;
    }
  };
  const keep = (entry) => change((all) => [...all.filter(({ id }) => id !== entry.id), entry]);
  const forget = (entry) => change((all) => all.filter(({ id }) => id !== entry.id));
  const isOwn = (entry) => entry.person === person && entry.course === course;

  /** What came of it: `sent`, `refused` for good, `later`, `ended` without a session; with the server's answer. */
  async function send(entry) {
    const { action, state, mark, back } = entry;
    const fields = { _csrf: token, launch, course, state, back, markedIn: entry.launch };
    if (mark) fields.mark = mark;
    try {
      const answer = await fetch(action, {
        method: 'POST',
        headers: { Accept: 'application/json' },
        body: new URLSearchParams(fields),
        redirect: 'error',
      });
      const told = await answer.json();
      if (answer.ok) return { outcome: 'sent', told };
      if (answer.status === 401 || answer.status === 403) return { outcome: 'ended', told };
      if (answer.status === 409) return { outcome: 'someone-else', told };
      return { outcome: answer.status >= 500 || answer.status === 429 ? 'later' : 'refused', told };
    } catch {
      return { outcome: 'later', told: null };
    }
  }

  async function deliver(entry, isKept) {
    const { outcome, told: answer } = await send(entry);
    if (outcome === 'sent' || outcome === 'refused') forget(entry);
    if (outcome === 'refused' || outcome === 'someone-else')
      told.textContent = `${answer.error.title}. ${answer.error.text}`;
    if (outcome === 'ended') say(isKept ? 'Ended' : 'NotSaved', entry.title);
    if (outcome === 'later') {
      say(isKept ? 'Waiting' : 'NotSaved', entry.title);
      if (isKept) tryLater();
    }
    return { outcome, answer };
  }

  function tryLater() {
    clearTimeout(timer);
    timer = setTimeout(flush, wait);
    wait = Math.min(2 * wait, LONGEST_WAIT_MS);
  }

  async function flush() {
    if (isFlushing) return;
    isFlushing = true;
    for (const entry of readAll().filter(isOwn)) {
      const { outcome } = await deliver(entry, true);
      if (outcome === 'sent') say('Sent', entry.title);
      if (outcome !== 'sent' && outcome !== 'refused') break;
    }
    isFlushing = false;
  }

  document.addEventListener('submit', async (event) => {
    const form = event.target;
    if (!/^\/(resources|activities)\/[^/]+\/completions$/.test(form.getAttribute('action') ?? ''))
      return;
    event.preventDefault();
    const value = (name) => form.elements.namedItem(name)?.value ?? '';
    const entry = {
      id: [...crypto.getRandomValues(new Uint32Array(4))].join('-'),
      action: form.getAttribute('action'),
      title: form.dataset.title ?? document.querySelector('h1').textContent.trim(),
      state: value('state'),
      mark: value('mark'),
      back: value('back') || `${location.pathname}${location.search}`,
      person,
      course,
      launch,
    };
    const button = form.querySelector('button');
    button.disabled = true;
    say('Sending', entry.title);
    closePanel();
    const isKept = keep(entry);
    const { outcome, answer } = await deliver(entry, isKept);
    if (outcome === 'sent') location.assign(answer.location);
    else if (!isKept) button.disabled = false;
  });

  window.addEventListener('online', () => {
    wait = FIRST_WAIT_MS;
    void flush();
  });
  const waiting = readAll();
  if (waiting.some(isOwn)) void flush();
  else if (waiting.some((entry) => entry.person !== person)) say('SomeoneElse', '');

  // "Finished?" on the way back from another tab.
  const panel = root.querySelector('[data-finish-panel]');
  const asked = root.querySelector('[data-asked]');
  let opened = null;

  function closePanel() {
    panel.hidden = true;
    asked.textContent = '';
  }

  document.addEventListener('click', (event) => {
    const link = event.target.closest?.('a[data-finish]');
    if (link) opened = { ...link.dataset };
  });
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState !== 'visible' || opened === null) return;
    const { finish, title, mark, back } = opened;
    opened = null;
    const form = panel.querySelector('form');
    form.action = `${finish}/completions`;
    form.dataset.title = title;
    form.elements.namedItem('mark').value = mark ?? '';
    form.elements.namedItem('back').value = back;
    const query = new URLSearchParams({ course, back });
    panel.querySelector('[data-did-not-work]').href = `${finish}?${query}#did-not-work`;
    const question = panel.querySelector('#finish-title');
    question.textContent = question.dataset.words.replace('TITLE', title);
    told.textContent = '';
    panel.hidden = false;
    // A touch that was meant for the page must not meet a button that has just come.
    panel.inert = true;
    setTimeout(() => (panel.inert = false), QUIET_MS);
    asked.textContent = question.textContent;
  });
  panel.querySelector('[data-not-yet]').addEventListener('click', closePanel);
  panel.addEventListener('keydown', ({ key }) => key === 'Escape' && closePanel());

  // The link "It did not work" leads to a folded part of a page.
  const target = location.hash === '#did-not-work' && document.querySelector('#did-not-work');
  if (target) target.open = true;
})();
