// Buttons that copy the address beside them. Without script, or where a frame forbids it, the address can be selected by hand.
'use strict';

for (const field of document.querySelectorAll('[data-copy-field]')) {
  const text = field.querySelector('[data-copy-text]');
  const button = field.querySelector('[data-copy]');
  const done = field.querySelector('[data-copied]');
  button.hidden = false;
  button.addEventListener('click', async () => {
    done.textContent = '';
    if (await copyText(text)) done.textContent = done.dataset.copied;
  });
}

async function copyText(element) {
  try {
    await navigator.clipboard.writeText(element.textContent);
    return true;
  } catch {
    getSelection().selectAllChildren(element);
    return document.execCommand('copy');
  }
}
