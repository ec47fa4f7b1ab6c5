// The platform's pages around the tool's frame, for a real browser: a course page that begins the login, an authorization
// endpoint that posts the launch, and, where asked for, the platform's storage. Also a proxy before the tool that keeps the
// frame from ever getting a cookie, as the strictest browsers do.
import { createServer, request as sendRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FakePlatform } from './fake-platform.js';

/** How the page around the frame takes part in LTI platform storage. */
export type Storage = 'none' | 'answers' | 'named-frame' | 'silent' | 'lies';

/** The frame beside the tool's that answers for the platform, as Canvas's `post_message_forwarding` does. */
const STORAGE_FRAME = 'post_message_forwarding';

const ANSWERING = `
  const kept = new Map();
  window.heard = [];
  window.addEventListener('message', ({ data, source, origin }) => {
    window.heard.push(data.subject);
    const { subject, message_id, key, value } = data;
    if (subject === 'lti.put_data') {
      if (value === null) kept.delete(key);
      else kept.set(key, value);
    }
    source.postMessage({ subject: subject + '.response', message_id, key, value: kept.get(key) ?? null }, origin);
  });`;
const SILENT = `
  window.heard = [];
  window.addEventListener('message', ({ data }) => window.heard.push(data.subject));`;
/** Knows the protocol, but not the question: another message id, and an answer from a window that was not asked. */
const LYING = `
  window.heard = [];
  window.addEventListener('message', ({ data, source, origin }) => {
    window.heard.push(data.subject);
    const answer = { subject: data.subject + '.response', message_id: data.message_id, key: data.key, value: data.value };
    source.postMessage({ ...answer, message_id: 'guessed' }, origin);
    const other = document.createElement('iframe');
    document.body.append(other);
    const script = other.contentDocument.createElement('script');
    script.textContent = 'parent.frames.tool.postMessage(' + JSON.stringify(answer) + ', "*")';
    other.contentDocument.body.append(script);
  });`;

const SCRIPTS: Record<Storage, string> = {
  none: '',
  answers: ANSWERING,
  'named-frame': SILENT,
  silent: SILENT,
  lies: LYING,
};

/** Serves `/auth` on the platform and `/course` there or on `host`; returns the address of the course page. */
export function serveFramePages(options: {
  platform: FakePlatform;
  toolUrl: string;
  storage: Storage;
  host?: FakePlatform;
}): string {
  const { platform, toolUrl, storage, host = platform } = options;
  const targetLinkUri = `${toolUrl}/frameworks`;
  const hasFrame = storage === 'named-frame';
  const storageTarget = hasFrame ? STORAGE_FRAME : '_parent';
  const login = {
    iss: platform.issuer,
    client_id: platform.clientId,
    login_hint: 'hint 7',
    lti_message_hint: '{"cmid":4}',
    target_link_uri: targetLinkUri,
    ...(storage === 'none' ? {} : { lti_storage_target: storageTarget }),
  };
  platform.respond('/storage', (_call, res) => {
    res.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' });
    res.end(`<!doctype html><html lang="en"><title>Storage</title><script>${ANSWERING}</script>`);
  });
  const storageFrame = `<iframe name="${STORAGE_FRAME}" title="Storage" src="${platform.origin}/storage" hidden></iframe>`;
  host.respond('/course', (_call, res) => {
    res.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' });
    res.end(`<!doctype html><html lang="en"><title>Course</title><script>${SCRIPTS[storage]}</script>
      ${hasFrame ? storageFrame : ''}
      <iframe name="tool" title="Tool" width="386" height="500"></iframe>
      ${postingForm({ action: `${toolUrl}/lti/login`, fields: login, target: 'tool' })}`);
  });
  platform.respond('/auth', (call, res) => {
    const asked = new URL(call.url, platform.origin).searchParams;
    const idToken = platform.idToken({ targetLinkUri, nonce: asked.get('nonce') ?? '' });
    const fields = { id_token: idToken, state: asked.get('state') ?? '' };
    res.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' });
    res.end(postingForm({ action: asked.get('redirect_uri') ?? '', fields }));
  });
  return `${host.origin}/course`;
}

function postingForm(options: {
  action: string;
  fields: Record<string, string>;
  target?: string;
}): string {
  const { action, fields, target = '_self' } = options;
  // After all frames of the page: one that answers for the platform has to be there first.
  const send = "addEventListener('load', () => document.forms[0].submit())";
  const inputs = Object.entries(fields).map(
    ([name, value]) => `<input type="hidden" name="${name}" value='${value}'>`,
  );
  return `<form method="post" action="${action}" target="${target}">${inputs.join('')}</form>
    <script>${send}</script>`;
}

export interface CookieEater {
  url: string;
  /** Where requests go. */
  forwardTo(url: string): void;
  close(): Promise<void>;
}

/** Passes everything on, but no cookie that is set for a frame. */
export async function startCookieEater(): Promise<CookieEater> {
  let upstream = '';
  const server = createServer((req, res) => {
    const passed = sendRequest(
      new URL(req.url ?? '/', upstream),
      { method: req.method, headers: req.headers },
      (answer: IncomingMessage) => {
        const isFrame = req.headers['sec-fetch-dest'] === 'iframe';
        const { 'set-cookie': cookies, ...headers } = answer.headers;
        const kept = isFrame || cookies === undefined ? {} : { 'set-cookie': cookies };
        res.writeHead(answer.statusCode ?? 502, { ...headers, ...kept });
        answer.pipe(res);
      },
    );
    passed.on('error', () => res.destroy());
    req.pipe(passed);
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  // A listening TCP server has an address with a port.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://localhost:${port}`,
    forwardTo: (url) => void (upstream = url),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
