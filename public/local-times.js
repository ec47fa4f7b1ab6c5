// Reads the times a person types in the browser's own time zone: beside each field with data-local-time stands a hidden one
// that carries the same instant. Without script the server reads what was typed as UTC, as the page says.
const fields = [...document.querySelectorAll('input[data-local-time]')];
const hint = document.querySelector('[data-local-hint]');
if (hint)
  hint.textContent = hint.dataset.localHint.replace(
    'ZONE',
    Intl.DateTimeFormat().resolvedOptions().timeZone,
  );
for (const field of fields) {
  const carry = () => {
    const hidden = field.form?.elements.namedItem(`${field.name}Utc`);
    const time = new Date(field.value);
    if (hidden) hidden.value = Number.isNaN(time.getTime()) ? '' : time.toISOString();
  };
  carry();
  field.addEventListener('input', carry);
}
