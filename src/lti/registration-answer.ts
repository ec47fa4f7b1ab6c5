// Reads what a platform answers to a registration (LTI Dynamic Registration 1.0, section 3.6), pure and strict: a platform
// that gives no client id gave nothing. Moodle's empty texts, and its empty list where an object belongs, are taken as none.
import { z } from 'zod';
import { AppError } from '../http/errors.js';
import { TOOL_CONFIGURATION } from './vocabulary.js';

const MAX_LIST = 1_000;

export interface RegistrationAnswer {
  clientId: string;
  /** Where the platform made a deployment with the registration. */
  deploymentId: string | null;
  /** What it says it granted; null where it does not say. */
  scopes: string[] | null;
  /** Names. A value with "=" may come back cut, so values are not compared. */
  customParameters: string[] | null;
  messages: string[] | null;
  /** Where the registration can be read and changed later, with its token. */
  clientUrl: string | null;
  accessToken: string | null;
}

const id = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[^\u0000-\u001f\u007f]+$/);
const text = z.string().max(16_384).nullish();
const Answer = z.object({
  client_id: id,
  scope: text,
  registration_client_uri: text,
  registration_access_token: text,
  [TOOL_CONFIGURATION]: z
    .object({
      deployment_id: z.union([z.literal(''), id]).nullish(),
      custom_parameters: z
        .union([z.record(z.string(), z.unknown()), z.array(z.unknown()).length(0)])
        .nullish(),
      messages: z
        .array(z.object({ type: z.string().max(255) }))
        .max(MAX_LIST)
        .nullish(),
    })
    .nullish(),
});

/** Throws `registration.answer` (502) for what is no answer of the standard's shape. */
export function readRegistrationAnswer(options: {
  text: string;
  host: string;
}): RegistrationAnswer {
  const parsed = Answer.safeParse(parseJson(options.text));
  if (!parsed.success) {
    const path = parsed.error.issues[0]?.path.map(String).at(-1) ?? '';
    const fault = path === '' ? 'not JSON' : `nothing usable for ${path}`;
    throw new AppError('registration.answer', {
      status: 502,
      values: { host: options.host, fault },
    });
  }
  const answer = parsed.data;
  const configuration = answer[TOOL_CONFIGURATION];
  return {
    clientId: answer.client_id,
    deploymentId: configuration?.deployment_id || null,
    scopes: answer.scope?.split(' ').filter((one) => one !== '') ?? null,
    customParameters: configuration?.custom_parameters
      ? Object.keys(configuration.custom_parameters)
      : null,
    messages: configuration?.messages?.map(({ type }) => type) ?? null,
    clientUrl: answer.registration_client_uri || null,
    accessToken: answer.registration_access_token || null,
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // The schema says that it is none.
  }
}
