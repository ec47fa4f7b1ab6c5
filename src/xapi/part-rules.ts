// The smaller parts of a statement: verb, result and score, attachments, references (Data 2.4.3, 2.4.5, 2.4.11, 2.4.4.3).
import { extensions, iri, languageMap, uuid } from './common-rules.js';
import { isDuration, isMediaType, isSha2 } from './formats.js';
import {
  allOf,
  among,
  anyNumber,
  anyText,
  listOf,
  oneOf,
  shape,
  text,
  wholeNumber,
  yesOrNo,
  type Rule,
} from './shape.js';
import { SIGNATURE_USAGE_TYPE } from './vocabulary.js';

export const verb: Rule = shape({ id: iri, display: languageMap }, ['id']);

const withinBounds = among((score, report) => {
  const { scaled, raw, min, max } = score;
  if (typeof scaled === 'number' && Math.abs(scaled) > 1)
    report('scaled', 'is not between -1 and 1');
  if (typeof min === 'number' && typeof max === 'number' && min > max)
    report('min', 'is above max');
  if (typeof raw !== 'number') return;
  if (typeof min === 'number' && raw < min) report('raw', 'is below min');
  if (typeof max === 'number' && raw > max) report('raw', 'is above max');
});

const score = allOf(
  shape({ scaled: anyNumber, raw: anyNumber, min: anyNumber, max: anyNumber }),
  withinBounds,
);

export const result: Rule = shape({
  score,
  success: yesOrNo,
  completion: yesOrNo,
  response: anyText,
  duration: text(isDuration, 'an ISO 8601 duration'),
  extensions,
});

const signature = among((attachment, report) => {
  if (attachment['usageType'] !== SIGNATURE_USAGE_TYPE) return;
  if (attachment['contentType'] !== 'application/octet-stream')
    report('contentType', 'of a signature is not application/octet-stream');
});

const attachment = allOf(
  shape(
    {
      usageType: iri,
      display: languageMap,
      description: languageMap,
      contentType: text(isMediaType, 'a media type'),
      length: wholeNumber,
      sha2: text(isSha2, 'a SHA-2 hash in hexadecimal digits'),
      fileUrl: iri,
    },
    ['usageType', 'display', 'contentType', 'length', 'sha2'],
  ),
  signature,
);

export const attachments: Rule = listOf(attachment);

export const statementRef: Rule = shape({ objectType: oneOf('StatementRef'), id: uuid }, [
  'objectType',
  'id',
]);
