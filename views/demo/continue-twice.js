// Sends the page's one form into the hidden frame, and when an answer stands there the same form again, into this page.
const form = document.getElementById('continue');
const first = document.querySelector('iframe.first');
first.addEventListener(
  'load',
  () => {
    form.target = '_self';
    form.submit();
  },
  { once: true },
);
form.submit();
