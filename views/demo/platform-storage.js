// LTI platform storage (LTI postMessage Storage 0.1), as Canvas answers it: the tool in this page's frame may keep small
// texts here while its own cookies are blocked. What one origin keeps no other origin reads. Forgotten with the tab.
(() => {
  const MAX_ENTRIES = 100;
  const MAX_CHARACTERS = 4096;
  const PREFIX = 'lti-storage ';

  const nameOf = (origin, key) => `${PREFIX}${origin} ${key}`;
  const countOf = (origin) =>
    Object.keys(sessionStorage).filter((name) => name.startsWith(nameOf(origin, ''))).length;
  const isText = (value) => typeof value === 'string' && value.length <= MAX_CHARACTERS;
  const refuse = (code, message) => ({ error: { code, message } });

  const capabilities = () => ({
    supported_messages: ['lti.capabilities', 'lti.put_data', 'lti.get_data'].map((subject) => ({
      subject,
    })),
  });

  function getData({ key }, origin) {
    if (!isText(key) || key === '') return refuse('bad_request', 'key must be a text');
    return { key, value: sessionStorage.getItem(nameOf(origin, key)) };
  }

  function putData({ key, value = null }, origin) {
    if (!isText(key) || key === '') return refuse('bad_request', 'key must be a text');
    const name = nameOf(origin, key);
    if (value === null) {
      sessionStorage.removeItem(name);
      return { key, value };
    }
    if (typeof value !== 'string') return { key, ...refuse('bad_request', 'value must be a text') };
    const isNew = sessionStorage.getItem(name) === null;
    if (!isText(value) || (isNew && countOf(origin) >= MAX_ENTRIES))
      return { key, ...refuse('storage_exhausted', 'there is no more room for this origin') };
    sessionStorage.setItem(name, value);
    return { key, value };
  }

  const answers = new Map([
    ['lti.capabilities', capabilities],
    ['lti.put_data', putData],
    ['lti.get_data', getData],
  ]);

  const isToolFrame = (source) =>
    [...document.querySelectorAll('iframe.tool')].some(
      ({ contentWindow }) => contentWindow === source,
    );

  window.addEventListener('message', ({ data, origin, source }) => {
    const { subject, message_id } = Object(data);
    if (typeof subject !== 'string' || !subject.startsWith('lti.') || !isToolFrame(source)) return;
    const reply = (body, target) =>
      source.postMessage({ subject: `${subject}.response`, message_id, ...body }, target);

    if (origin === 'null') return reply(refuse('wrong_origin', 'this frame has no origin'), '*');
    if (subject !== 'lti.capabilities' && (typeof message_id !== 'string' || message_id === ''))
      return reply(refuse('bad_request', 'message_id must be a text'), origin);
    const answer = answers.get(subject);
    reply(
      answer
        ? answer(data, origin)
        : refuse('unsupported_subject', 'this subject is not known here'),
      origin,
    );
  });
})();
