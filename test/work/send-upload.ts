// A form with a file, as a browser sends it from a page: what the form holds, what was typed, then the file.
import { readForms, type Answer, type BrowserAgent } from '../support/browser-agent.js';

export interface ChosenFile {
  name: string;
  content: Buffer;
  /** As a browser guesses it from the name; nobody believes it. */
  type?: string;
}

const BOUNDARY = 'boundary-of-a-browser-7f3k';

export async function sendUpload(options: {
  agent: BrowserAgent;
  page: string;
  /** Part of the form's action. */
  action: string;
  fields?: Record<string, string>;
  file?: ChosenFile;
}): Promise<Answer> {
  const { agent, page, action, fields = {}, file } = options;
  const opened = await agent.follow(page);
  const form = readForms(opened.text).find((one) => one.action.includes(action));
  if (!form) throw new Error(`no such form on ${page} (${opened.status})`);
  const { file: _file, ...held } = form.fields;
  void _file;
  const body = encodeUpload({ fields: { ...flatten(held), ...fields }, ...(file && { file }) });
  return agent.send('POST', form.action, { body, headers: uploadHeaders(agent) });
}

export function uploadHeaders(agent: BrowserAgent): Record<string, string> {
  return {
    'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
    origin: new URL(agent.baseUrl).origin,
  };
}

export function encodeUpload(options: {
  fields: Record<string, string>;
  file?: ChosenFile;
}): Buffer {
  const { fields, file = { name: '', content: Buffer.alloc(0) } } = options;
  const parts = Object.entries(fields).map(([name, value]) =>
    Buffer.from(
      `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
    ),
  );
  const { name, content, type = 'application/octet-stream' } = file;
  return Buffer.concat([
    ...parts,
    Buffer.from(
      `--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\nContent-Type: ${type}\r\n\r\n`,
    ),
    content,
    Buffer.from(`\r\n--${BOUNDARY}--\r\n`),
  ]);
}

function flatten(fields: Record<string, string | string[]>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, [value].flat()[0] ?? '']),
  );
}
