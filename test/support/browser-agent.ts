// A browser as far as route tests need one: follows nothing by itself, keeps its own cookies (Secure ones too, which
// supertest's agent drops over http), and fills a form's hidden fields from the page it stands on.

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** Path and query, or the whole address where it leads elsewhere; empty without a redirect. */
  location: string;
  /** The body as JSON. */
  json(): unknown;
}

interface Sending {
  headers?: Record<string, string>;
}

export interface BrowserAgent {
  baseUrl: string;
  cookies: Map<string, string>;
  get(path: string, options?: Sending): Promise<Answer>;
  /** GET, then each redirect within the tool. */
  follow(path: string, options?: Sending): Promise<Answer>;
  /** A bare form: only these fields, with the Origin that a browser sends from our own pages. */
  post(path: string, fields: Record<string, string | string[]>, options?: Sending): Promise<Answer>;
  /** Any other request, body as it is. */
  send(
    method: string,
    path: string,
    options?: Sending & { body?: string | Buffer },
  ): Promise<Answer>;
  /**
   * Opens `page`, takes the form whose action holds `action` (or the first that posts), keeps what it holds and sends it with
   * `fields` put in. Throws when the page has no such form.
   */
  postForm(
    page: string,
    fields?: Record<string, string | string[]>,
    options?: { action?: string },
  ): Promise<Answer>;
}

export function createAgent(baseUrl: string): BrowserAgent {
  const cookies = new Map<string, string>();

  async function send(
    method: string,
    path: string,
    options: Sending & { body?: string | Buffer } = {},
  ): Promise<Answer> {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(new URL(path, baseUrl), {
      method,
      redirect: 'manual',
      headers: { accept: 'text/html', ...(cookie === '' ? {} : { cookie }), ...options.headers },
      ...(options.body === undefined ? {} : { body: new Uint8Array(Buffer.from(options.body)) }),
    });
    for (const line of answer.headers.getSetCookie()) keepCookie(cookies, line);
    const text = await answer.text();
    return {
      status: answer.status,
      headers: answer.headers,
      text,
      location: (answer.headers.get('location') ?? '').replace(baseUrl, ''),
      json: () => JSON.parse(text) as unknown,
    };
  }

  const agent: BrowserAgent = {
    baseUrl,
    cookies,
    send,
    get: (path, options) => send('GET', path, options),
    async follow(path, options) {
      let answer = await send('GET', path, options);
      for (let hops = 0; hops < 5 && answer.location.startsWith('/'); hops += 1)
        answer = await send('GET', answer.location, options);
      return answer;
    },
    post: (path, fields, options = {}) =>
      send('POST', path, {
        body: encodeForm(fields),
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          origin: new URL(baseUrl).origin,
          ...options.headers,
        },
      }),
    async postForm(page, fields = {}, options = {}) {
      const answer = await agent.follow(page);
      const form = readForms(answer.text).find(
        (one) => options.action === undefined || one.action.includes(options.action),
      );
      if (!form) throw new Error(`no such form on ${page} (${answer.status})`);
      return agent.post(form.action === '' ? page : form.action, { ...form.fields, ...fields });
    },
  };
  return agent;
}

export function encodeForm(fields: Record<string, string | string[]>): string {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(fields))
    for (const one of [value].flat()) form.append(name, one);
  return form.toString();
}

interface PageForm {
  action: string;
  fields: Record<string, string | string[]>;
}

/** The posting forms of a page with what they hold: hidden and text inputs, checked boxes, chosen options, text areas. */
export function readForms(html: string): PageForm[] {
  return [...html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)]
    .filter(([, head = '']) => attribute(head, 'method')?.toLowerCase() === 'post')
    .map(([, head = '', body = '']) => ({
      action: attribute(head, 'action') ?? '',
      fields: readFields(body),
    }));
}

function readFields(html: string): Record<string, string | string[]> {
  const fields: Record<string, string | string[]> = {};
  const add = (name: string | null, value: string) => {
    if (name === null || name === '') return;
    const held = fields[name];
    fields[name] = held === undefined ? value : [held, value].flat();
  };
  for (const [, head = ''] of html.matchAll(/<input\b([^>]*)>/g)) {
    const type = attribute(head, 'type') ?? 'text';
    if (['submit', 'button', 'file'].includes(type)) continue;
    if (['checkbox', 'radio'].includes(type) && !/\bchecked\b/.test(head)) continue;
    add(attribute(head, 'name'), attribute(head, 'value') ?? '');
  }
  for (const [, head = '', text = ''] of html.matchAll(
    /<textarea\b([^>]*)>([\s\S]*?)<\/textarea>/g,
  ))
    add(attribute(head, 'name'), unescapeHtml(text));
  for (const [, head = '', body = ''] of html.matchAll(/<select\b([^>]*)>([\s\S]*?)<\/select>/g)) {
    const options = [...body.matchAll(/<option\b([^>]*)>([^<]*)/g)];
    const chosen = options.find(([, one = '']) => /\bselected\b/.test(one)) ?? options[0];
    if (chosen)
      add(attribute(head, 'name'), attribute(chosen[1] ?? '', 'value') ?? chosen[2] ?? '');
  }
  return fields;
}

function attribute(head: string, name: string): string | null {
  const found = new RegExp(`(?:^|\\s)${name}="([^"]*)"`).exec(head)?.[1];
  return found === undefined ? null : unescapeHtml(found);
}

function unescapeHtml(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#x27;', "'")
    .replaceAll('&#39;', "'")
    .replaceAll('&#x3D;', '=')
    .replaceAll('&#x60;', '`')
    .replaceAll('&amp;', '&');
}

function keepCookie(cookies: Map<string, string>, line: string): void {
  const [pair = '', ...attributes] = line.split(';');
  const equals = pair.indexOf('=');
  const name = pair.slice(0, equals).trim();
  const isGone = attributes.some((one) => one.trim().toLowerCase() === 'max-age=0');
  if (isGone) cookies.delete(name);
  else cookies.set(name, pair.slice(equals + 1).trim());
}
