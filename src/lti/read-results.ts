// Results of a line item by all pages (AGS 2.0, 3.3): our own client, page by page in bounded memory. A result without a
// score is one that was cleared (Moodle leaves the member out, others send null).
import { z } from 'zod';
import { requireScope, type ServiceTarget } from './call-service.js';
import type { LtiServices } from './lti-services.js';
import { readPages } from './read-pages.js';
import { insertBeforeQuery } from './send-score.js';
import { badAnswer } from './service-answer.js';
import { MEDIA_TYPE, SCOPE } from './vocabulary.js';

const MAX_RESULTS = 200_000;

/** Some platforms write numbers as text. */
const number = z.union([
  z.number(),
  z
    .string()
    .regex(/^-?\d{1,12}(\.\d{1,12})?$/)
    .transform(Number),
]);
const ResultsAnswer = z.array(
  z.looseObject({
    userId: z.coerce.string().min(1).max(255),
    resultScore: number.nullish(),
    resultMaximum: number.nullish(),
    timestamp: z.string().nullish(),
  }),
);

export interface LineItemResult {
  /** The platform's id of the person. */
  sub: string;
  /** Null where the platform holds no score (any more). */
  score: number | null;
  maximum: number;
  /** When the platform says it was graded; AGS does not ask for it. */
  at: Date | null;
}

/**
 * Yields the results page by page; `sub` narrows to one person. Throws `lti.service-missing` (403) without the scope,
 * `lti.service-refused`, or `lti.service-answer` (502). Asks for no page size: Moodle answers that with a fault of its own.
 */
export async function* readResults(options: {
  services: LtiServices;
  target: ServiceTarget;
  lineItemUrl: string;
  sub?: string;
}): AsyncGenerator<LineItemResult[]> {
  const { services, target, lineItemUrl, sub } = options;
  const scope = requireScope(target, SCOPE.resultReadOnly);
  const address = new URL(insertBeforeQuery(lineItemUrl, 'results'));
  if (sub !== undefined) address.searchParams.set('user_id', sub);
  let count = 0;
  const pages = readPages({
    services,
    target,
    url: address.href,
    scope,
    accept: MEDIA_TYPE.resultContainer,
    readPage: toResults,
  });
  for await (const page of pages) {
    count += page.length;
    if (count > MAX_RESULTS) throw badAnswer(address.href, 'too many results');
    yield page;
  }
}

function toResults(value: unknown, url: string): LineItemResult[] {
  const parsed = ResultsAnswer.safeParse(value);
  if (!parsed.success) throw badAnswer(url, 'not a list of results');
  return parsed.data.map(({ userId, resultScore, resultMaximum, timestamp }) => ({
    sub: userId,
    score: resultScore ?? null,
    maximum: resultMaximum ?? 1,
    at: readTime(timestamp),
  }));
}

function readTime(text: string | null | undefined): Date | null {
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) ? null : new Date(time);
}
