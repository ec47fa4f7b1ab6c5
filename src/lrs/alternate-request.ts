// The alternate request syntax of 1.0.x (Communication 1.3): a POST with nothing but `method` in its query, whose form
// holds parameters, headers and content. For browsers of another time; 2.0 has taken it out, and so it is refused there.
import { AppError } from '../http/errors.js';
import type { BodyLimit, RawRequest } from './lrs-request.js';
import { isVersion1 } from './xapi-version.js';

const FORM = 'application/x-www-form-urlencoded';
const MOST_FORM_BYTES = 24 * 1024 * 1024;
const METHODS = ['GET', 'PUT', 'POST', 'DELETE', 'HEAD'];
const CONTENT = 'content';
/** Form fields that are headers, in whatever case they are written. */
const HEADERS = [
  'authorization',
  'x-experience-api-version',
  'content-type',
  'content-length',
  'if-match',
  'if-none-match',
  'accept-language',
];

/** The request that a form stands for; any other request as it is. Throws `lrs.alternate` (400). */
export async function readAlternate(raw: RawRequest): Promise<RawRequest> {
  if (raw.method !== 'POST' || !raw.params.has('method')) return raw;
  const method = raw.params.get('method')?.toUpperCase() ?? '';
  if (raw.params.size > 1) throw refuse('The address may hold nothing but the method');
  if (!METHODS.includes(method)) throw refuse('The method is none of this LRS');
  if (raw.headers['content-type']?.split(';')[0]?.trim().toLowerCase() !== FORM)
    throw refuse(`The body must be ${FORM}`);
  const body = await raw.readBody({
    maxBytes: MOST_FORM_BYTES,
    refusal: () => refuse(`The form may have ${String(MOST_FORM_BYTES)} bytes at most`),
  });
  const form = new URLSearchParams(body.toString('utf8'));
  const { params, headers, content } = readForm(form);
  const withinLimits = ({ maxBytes, refusal }: BodyLimit): Buffer => {
    if (content !== null && content.length > maxBytes) throw refusal();
    return content ?? Buffer.alloc(0);
  };
  const version = headers['x-experience-api-version'] ?? raw.headers['x-experience-api-version'];
  if (!isVersion1(version)) throw refuse('It belongs to xAPI 1.0 alone');
  return {
    ...raw,
    method,
    params,
    headers: {
      ...raw.headers,
      'content-type': content === null ? undefined : 'application/json',
      'content-length': content === null ? undefined : String(content.length),
      ...headers,
    },
    readBody: (limits) => Promise.resolve(withinLimits(limits)),
    async *openBody(limits) {
      yield await Promise.resolve(withinLimits(limits));
    },
  };
}

function readForm(form: URLSearchParams): {
  params: URLSearchParams;
  headers: Record<string, string>;
  content: Buffer | null;
} {
  const params = new URLSearchParams();
  const headers: Record<string, string> = {};
  let content: Buffer | null = null;
  for (const [name, value] of form) {
    if (name === CONTENT && content !== null) throw refuse('The content stands more than once');
    if (name === CONTENT) content = Buffer.from(value, 'utf8');
    else if (HEADERS.includes(name.toLowerCase())) headers[name.toLowerCase()] = value;
    else params.append(name, value);
  }
  return { params, headers, content };
}

function refuse(fault: string): AppError {
  return new AppError('lrs.alternate', { status: 400, values: { fault } });
}
