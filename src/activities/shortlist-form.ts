// Reads the forms of a shortlist: where each object stands with a note, and a link or a file of the course's own. Pure. Messages of
// faults are keys of the catalogue.
import { z } from 'zod';
import { parseInput } from '../http/parse-input.js';
import { isWebAddress } from './read-typed-activities.js';
import { PLACINGS, type PlacingChoice } from './shortlist.js';

const MAX_NOTE_CHARACTERS = 500;
const MAX_TITLE_CHARACTERS = 300;
const MAX_ADDRESS_CHARACTERS = 2_000;
const FAULTS = 'shortlist:faults';

const placing = z.enum(PLACINGS, `${FAULTS}.placing`);
const note = z.string().trim().max(MAX_NOTE_CHARACTERS, `${FAULTS}.note`).default('');
const revision = z.coerce.number(`${FAULTS}.revision`).int(`${FAULTS}.revision`).min(0);
const Head = z.object({ revision });
const Restore = z.object({ revision, restore: revision });
const title = z
  .string(`${FAULTS}.title`)
  .trim()
  .min(1, `${FAULTS}.title`)
  .max(MAX_TITLE_CHARACTERS, `${FAULTS}.title`);
/** Fields of names of their own: the form of a link stands on the same page. */
const FileFields = z.object({ fileTitle: title, fileNote: note });
const LinkFields = z.object({
  title,
  address: z
    .string(`${FAULTS}.address`)
    .trim()
    .max(MAX_ADDRESS_CHARACTERS, `${FAULTS}.address`)
    .refine(isWebAddress, `${FAULTS}.address`)
    .transform((address) => new URL(address).href),
  note,
});

/** The revision that the form was made for. Throws `input.invalid` (400) where it was not sent by our page. */
export function readRevision(body: unknown): number {
  return parseInput(Head, body).revision;
}

/** The revision to bring back, and the one that stood when the button was drawn. Throws as readRevision. */
export function readRestore(body: unknown): { revision: number; expectedRevision: number } {
  const { revision: expectedRevision, restore } = parseInput(Restore, body);
  return { revision: restore, expectedRevision };
}

/** The choices for those of the objects that the form names. Throws `input.invalid` (400) with the faults by field. */
export function readChoices(options: {
  body: unknown;
  objects: readonly { id: string }[];
}): Map<string, PlacingChoice> {
  const { body, objects } = options;
  const shape = Object.fromEntries(
    objects.flatMap(({ id }) => [
      [`placing-${id}`, placing.optional()],
      [`note-${id}`, note],
    ]),
  );
  const read = parseInput(z.object(shape), body);
  return new Map(
    objects.flatMap(({ id }) => {
      const { data } = placing.safeParse(read[`placing-${id}`]);
      const text = String(read[`note-${id}`]);
      return data ? [[id, { placing: data, note: text }] as const] : [];
    }),
  );
}

/** A link of the course's own. Throws `input.invalid` (400) with the faults by field. */
export function readLink(body: unknown): { title: string; address: string; note: string } {
  return parseInput(LinkFields, body);
}

/** What is typed beside a file of the course's own. Throws as readLink, with the names of the form's fields. */
export function readFileWords(body: unknown): { title: string; note: string } {
  const { fileTitle, fileNote } = parseInput(FileFields, body);
  return { title: fileTitle, note: fileNote };
}
