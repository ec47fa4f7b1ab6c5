// Improves the share panel: copies the public address, and prints. Without it the address can be selected by hand.
'use strict';

for (const panel of document.querySelectorAll('[data-share]')) {
  const field = panel.querySelector('input[readonly]');
  const done = panel.querySelector('[data-share-done]');
  const copy = panel.querySelector('[data-share-copy]');
  const print = panel.querySelector('[data-print]');
  field.addEventListener('focus', () => field.select());
  copy.hidden = false;
  copy.addEventListener('click', async () => {
    done.textContent = '';
    if (await copyText(field)) done.textContent = done.dataset.words;
  });
  print.hidden = false;
  print.addEventListener('click', () => window.print());
}

// In a frame the clipboard may be forbidden; then the selection is copied the old way, or at least made.
async function copyText(field) {
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    field.focus();
    field.select();
    return document.execCommand('copy');
  }
}
