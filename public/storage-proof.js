// The platform's storage in place of our cookie (LTI postMessage Storage 0.1), for frames that keep none. At the login this
// browser's secret is put there, at the launch it is fetched and posted to our own server. Only the platform's own origin is
// asked, and only its answer to this very question is believed. A client that never answers leads on after two seconds.
(() => {
  const ANSWER_WITHIN_MS = 2_000;
  const SECRET = /^[\w-]{43}$/;
  const page = document.querySelector('[data-storage]');
  if (!page) return;
  const { storage, target, origin, key, value, next } = page.dataset;

  /** The window that holds this frame, or a named frame beside it. */
  function storageFrame() {
    const holder = window.opener ?? (window.parent === window ? null : window.parent);
    if (!holder || target === '_parent') return holder;
    try {
      return holder.frames[target] ?? null;
    } catch {
      return null; // No frame of that name.
    }
  }

  /** The answer to one message, or null when none came in time or it was an error. */
  function ask(subject, body) {
    const frame = storageFrame();
    if (!frame) return Promise.resolve(null);
    const message_id = [...crypto.getRandomValues(new Uint32Array(4))].join('-');
    return new Promise((resolve) => {
      const finish = (answer) => {
        clearTimeout(timer);
        window.removeEventListener('message', listen);
        resolve(answer);
      };
      const listen = (event) => {
        if (event.origin !== origin || event.source !== frame) return;
        const answer = Object(event.data);
        if (answer.subject !== `${subject}.response` || answer.message_id !== message_id) return;
        finish(answer.error ? null : answer);
      };
      const timer = setTimeout(() => finish(null), ANSWER_WITHIN_MS);
      window.addEventListener('message', listen);
      frame.postMessage({ subject, message_id, key, ...body }, origin);
    });
  }

  async function put() {
    const answer = await ask('lti.put_data', { value });
    if (answer?.key === key) return window.location.replace(next);
    page.querySelector('[data-waiting]').hidden = true;
    page.querySelector('[data-otherwise]').hidden = false;
  }

  /** Without an answer the form goes out all the same: the server says what to do then. */
  async function get() {
    const answer = await ask('lti.get_data', {});
    const form = page.querySelector('form[data-verify]');
    if (answer && SECRET.test(answer.value)) {
      form.elements.secret.value = answer.value;
      storageFrame()?.postMessage(
        { subject: 'lti.put_data', message_id: `forget-${key}`, key, value: null },
        origin,
      );
    }
    form.submit();
  }

  page.querySelector('[data-waiting]').hidden = false;
  void (storage === 'put' ? put() : get());
})();
