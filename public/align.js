// Improves aligning one activity after another: the form is sent and drawn again without leaving the page, beside the course's
// table where there is room. What was chosen survives an ended session, a fault and a lost connection, because the page stays;
// the next try asks for the fields of a newer session first. Without it every form and link leads to a page of its own.
'use strict';

(() => {
  const place = document.querySelector('[data-align-page], [data-align-panel]');
  if (!place) return;
  const isPanel = place.matches('[data-align-panel]');
  const says = document.querySelector('[data-align-says]');
  const wide = window.matchMedia('(min-width: 64rem)');
  let isStale = false;
  let opener = null;

  place.addEventListener('submit', (event) => {
    const form = event.target;
    if (form.method !== 'post') return;
    event.preventDefault();
    const data = new FormData(form);
    if (event.submitter?.name) data.append(event.submitter.name, event.submitter.value);
    void send(form, data);
  });
  document.addEventListener('click', (event) => {
    const link = event.target.closest('a');
    const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
    if (!link || !isPlain || !mayDraw(link)) return;
    event.preventDefault();
    if (!place.contains(link)) opener = link;
    void load(link.href);
  });
  document.querySelector('[data-align-close]')?.addEventListener('click', () => {
    showPanel(false);
    (opener ?? document.querySelector('[data-align-open]'))?.focus();
  });

  function mayDraw(link) {
    if (place.contains(link)) return new URL(link.href).pathname === '/alignments';
    return isPanel && wide.matches && link.matches('[data-align-open]');
  }

  async function load(address) {
    try {
      const answer = await fetch(address, { headers: { Accept: 'text/html' } });
      const work = readPage(await answer.text()).querySelector('#align-work');
      if (work) draw(work);
      else window.location.assign(address);
    } catch {
      window.location.assign(address);
    }
  }

  async function send(form, data) {
    const buttons = form.querySelectorAll('button');
    for (const button of buttons) button.disabled = true;
    try {
      if (isStale) await renewFields(form, data);
      const answer = await fetch(form.action, {
        method: 'POST',
        body: new URLSearchParams(data),
        headers: { Accept: 'text/html' },
      });
      const page = readPage(await answer.text());
      const work = page.querySelector('#align-work');
      if (work) await takeOver(answer, page, work);
      // What is on this page is nobody's business any more: the server's own page takes its place.
      else if (page.querySelector('[data-code="session.other-person"]')) return form.submit();
      else if (answer.ok) window.location.assign(answer.url);
      else fail(answer.status, page);
    } catch {
      fail(0, null);
    }
    for (const button of buttons) button.disabled = false;
  }

  async function takeOver(answer, page, work) {
    isStale = false;
    draw(work);
    if (isPanel) return answer.redirected ? renewCourse() : undefined;
    if (answer.redirected) window.history.replaceState(null, '', answer.url);
    const list = page.querySelector('.align-list');
    if (list) document.querySelector('.align-list').replaceWith(document.adoptNode(list));
  }

  /** The session may be another one by now; the person is the same, or the server refuses. */
  async function renewFields(form, data) {
    const address = new URL('/alignments', window.location.href);
    address.searchParams.set('course', data.get('course'));
    const fresh = readPage(await (await fetch(address)).text()).querySelector('[data-align-form]');
    for (const name of ['_csrf', 'launch', 'course']) {
      const value = fresh?.elements.namedItem(name)?.value;
      if (value === undefined) continue;
      data.set(name, value);
      form.elements.namedItem(name).value = value;
    }
  }

  /** What the table and the list of what is to do say is not true any more. */
  async function renewCourse() {
    const page = readPage(await (await fetch(window.location.href)).text());
    for (const part of document.querySelectorAll('[data-course-part]')) {
      const fresh = page.querySelector(`[data-course-part="${part.dataset.coursePart}"]`);
      if (fresh) part.replaceWith(document.adoptNode(fresh));
      else part.replaceChildren();
    }
  }

  function draw(work) {
    const fresh = document.adoptNode(work);
    place.replaceChildren(fresh);
    if (isPanel) showPanel(true);
    fresh.dispatchEvent(new CustomEvent('align:drawn', { bubbles: true }));
    const changed = fresh.querySelector('[data-changed] p')?.textContent ?? '';
    says.textContent = `${changed} ${fresh.querySelector('h2').textContent}`.trim();
    fresh.querySelector('input[type="search"]').focus();
  }

  function showPanel(isShown) {
    const aside = place.closest('aside');
    aside.hidden = !isShown;
    aside.parentElement.classList.toggle('has-panel', isShown);
  }

  function fail(status, page) {
    isStale = true;
    const { ended, failed } = place.querySelector('#align-work').dataset;
    const told = page?.querySelector('.message-page p')?.textContent ?? '';
    const fault = place.querySelector('[data-align-fault]');
    const sentence = document.createElement('p');
    sentence.textContent = status === 401 ? ended : `${told} ${failed}`.trim();
    fault.replaceChildren(sentence);
    fault.hidden = false;
    fault.scrollIntoView({ block: 'nearest' });
  }

  function readPage(text) {
    return new DOMParser().parseFromString(text, 'text/html');
  }
})();
