// Says at once that a chosen file is too large, instead of after it was sent. Without script the server says so.
'use strict';

for (const input of document.querySelectorAll('input[type="file"][data-most-bytes]')) {
  const fault = document.getElementById(`${input.id}-fault`);
  input.addEventListener('change', () => {
    const [file] = input.files;
    const isTooLarge = file !== undefined && file.size > Number(input.dataset.mostBytes);
    fault.textContent = isTooLarge ? input.dataset.tooLarge : '';
    input.setCustomValidity(isTooLarge ? input.dataset.tooLarge : '');
    if (isTooLarge) input.setAttribute('aria-invalid', 'true');
    else input.removeAttribute('aria-invalid');
  });
}
