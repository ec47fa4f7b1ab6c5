// The map of a class: a cell's "why" opens in a panel beside it instead of on a page of its own, which stays the way without
// script. Escape or the button closes it and leads back to the cell.
'use strict';

const panel = document.querySelector('[data-why-panel]');
let opener = null;
let asked = 0;

if (panel) {
  document.addEventListener('click', (event) => {
    const link = event.target.closest('a[data-why]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    if (!panel.contains(link)) opener = link;
    open(link.href);
  });
  panel.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') close();
  });
}

async function open(address) {
  asked += 1;
  const ask = asked;
  const words = panel.dataset;
  panel.hidden = false;
  panel.setAttribute('aria-busy', 'true');
  if (!panel.hasChildNodes()) panel.textContent = words.loading;
  try {
    const answer = await fetch(address, { headers: { accept: 'text/html' } });
    if (!answer.ok) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    if (ask === asked) show(page.querySelector('main'), address);
  } catch {
    if (ask === asked) fail(address);
  }
}

function show(main, address) {
  for (const skipped of main.querySelectorAll('[data-why-skip], .notice')) skipped.remove();
  panel.replaceChildren(buildBar(address), ...main.childNodes);
  settle();
}

function fail(address) {
  const text = document.createElement('p');
  text.textContent = panel.dataset.failed;
  panel.replaceChildren(buildBar(address), text);
  settle();
}

function settle() {
  panel.removeAttribute('aria-busy');
  panel.focus();
  panel.scrollTop = 0;
}

function buildBar(address) {
  const bar = document.createElement('p');
  bar.className = 'actions';
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = panel.dataset.close;
  button.addEventListener('click', close);
  const link = document.createElement('a');
  link.href = address;
  link.textContent = panel.dataset.page;
  bar.append(button, link);
  return bar;
}

function close() {
  asked += 1;
  panel.hidden = true;
  panel.replaceChildren();
  opener?.focus();
}
