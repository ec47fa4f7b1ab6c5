// The registration pages: tells the platform that opened them that registration has ended (LTI Dynamic Registration 1.0,
// section 3.7), at once or by the button, and keeps a form from being sent twice. The message holds nothing secret.
const platform = window.opener ?? (window.parent === window ? null : window.parent);

function close() {
  platform?.postMessage({ subject: 'org.imsglobal.lti.close' }, '*');
}

const button = document.querySelector('[data-close]');
if (platform && button) {
  button.hidden = false;
  button.addEventListener('click', close);
}
if (document.querySelector('[data-close-at-once]')) close();

for (const form of document.querySelectorAll('form')) {
  form.addEventListener('submit', () => {
    for (const one of form.querySelectorAll('button')) one.disabled = true;
  });
}
