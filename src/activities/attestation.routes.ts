// Forms of whoever may vouch: vouch for a learner's competency, award prior learning with a document, take either back with
// a reason. They come from the page that says why a learner stands where they stand, and lead back to it.
import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import type { Config } from '../config.js';
import { deleteFile } from '../files/delete-file.js';
import { offerDownload, type NoteDownload } from '../files/offer-download.js';
import { openFileForm, receiveFile } from '../files/receive-file.js';
import { findFile } from '../files/stored-file.model.js';
import type { Words } from '../http/catalogue.js';
import { AppError } from '../http/errors.js';
import { parseInput } from '../http/parse-input.js';
import { checkForm } from '../lti/check-form.js';
import { getCourseLaunch, hasRole } from '../lti/current-launch.js';
import { requireAttester, requireLaunch, requireRole } from '../lti/guards.js';
import { attestCompetency, requireAttestable, withdrawAttestation } from './attest-competency.js';
import { ATTESTATION_KINDS, findAttestation } from './attestation.model.js';
import { redirectBack } from './return-path.js';
import { wordsOf, type ActivityDeps } from './signed-in.js';

export interface AttestationDeps extends Omit<ActivityDeps, 'config'> {
  config: Pick<Config, 'files'>;
  noteDownload: NoteDownload;
}

const ATTAINMENT_JOB = 'project-attainment';
const LONGEST_NOTE = 5_000;

const Params = z.object({ attestation: z.string().max(100) });

/** The faults in the person's words. */
function attestForm(words: Words) {
  return z.object({
    attestation: z.uuid(),
    user: z.string().max(200),
    item: z.string().max(200),
    kind: z.enum(ATTESTATION_KINDS),
    note: noteOf(words('attestations:faults.note'), words),
    link: z
      .string()
      .trim()
      .max(2_000, words('attestations:faults.link'))
      .default('')
      .transform((text) => (text === '' ? null : text))
      .refine((text) => text === null || isWebAddress(text), words('attestations:faults.link')),
  });
}

function noteOf(missing: string, words: Words) {
  const long = words('attestations:faults.long', { count: LONGEST_NOTE });
  return z.string(missing).trim().min(1, missing).max(LONGEST_NOTE, long);
}

export function attestationRoutes(deps: AttestationDeps): Router {
  const router = Router();
  const attester = [requireLaunch(), requireAttester()];
  const upload = openFileForm();

  router.post('/attestations', upload, ...attester, checkForm(), (req, res) =>
    attest(deps, req, res),
  );

  router.post(
    '/attestations/:attestation/withdrawal',
    ...attester,
    checkForm(),
    async (req, res) => {
      const words = wordsOf(req);
      const Form = z.object({ reason: noteOf(words('attestations:faults.reason'), words) });
      const { reason } = parseInput(Form, req.body);
      const { attestation: found, outcome } = await withdrawAttestation({
        launch: getCourseLaunch(req),
        source: deps.source,
        now: deps.now(),
        reason,
        ...parseInput(Params, req.params),
      });
      deps.nudge(ATTAINMENT_JOB);
      backTo(req, res, { ...found, notice: `attestation-${outcome}` });
    },
  );

  router.get(
    '/attestations/:attestation/document',
    requireLaunch(),
    requireRole('Learner', 'Instructor', 'TeachingAssistant', 'Administrator'),
    (req, res) => sendToDocument(deps, req, res),
  );

  return router;
}

async function attest(deps: AttestationDeps, req: Request, res: Response): Promise<void> {
  const launch = getCourseLaunch(req);
  const { attestation, ...form } = parseInput(attestForm(wordsOf(req)), req.body);
  const { framework } = await requireAttestable({ launch, ...form });
  const { source, now } = deps;
  const { deployment, course } = launch;
  const { bytes, perLearner } = deps.config.files;
  // The document is the learner's.
  const stored = await receiveFile({
    req,
    field: 'document',
    owner: { deployment, course, user: form.user },
    limits: { bytes, files: perLearner },
    now,
  });
  const document = stored?.id ?? null;
  const attested = { ...form, id: attestation, document };
  const outcome = await attestCompetency({ launch, source, now: now(), attested, framework });
  // A form sent twice brought its file twice.
  if (outcome === 'already' && document !== null) await deleteFile({ deployment, file: document });
  deps.nudge(ATTAINMENT_JOB);
  backTo(req, res, { ...form, notice: `attestation-${outcome}` });
}

/** For whoever teaches the course, and for the learner it is about. */
async function sendToDocument(deps: AttestationDeps, req: Request, res: Response): Promise<void> {
  const launch = getCourseLaunch(req);
  const { deployment, course, user, roles } = launch;
  const found = await findAttestation({
    deployment,
    course,
    ...parseInput(Params, req.params),
  });
  const isOwn = found?.user === user;
  const teaches = hasRole(launch, 'Instructor', 'TeachingAssistant', 'Administrator');
  const file =
    found && found.document !== null && (isOwn || teaches)
      ? await findFile({ deployment, file: found.document })
      : null;
  if (!file) throw new AppError('attestation.not-found', { status: 404 });
  const reader = { user, roles };
  res.redirect(303, await offerDownload({ ...deps, file, reader, now: deps.now() }));
}

function backTo(
  req: Request,
  res: Response,
  options: { user: string; item: string; notice: string },
): void {
  const { user, item, notice } = options;
  const otherwise = `/class/learners/${user}/items/${encodeURIComponent(item)}`;
  redirectBack(req, res, { back: undefined, otherwise, notice });
}

function isWebAddress(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
