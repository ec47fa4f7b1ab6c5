// A named person vouches for a learner's competency, or takes that back with a reason. Only of counted learners of the
// course and of competencies of its framework; who may is decided before (src/lti/may-attest.ts).
import { AppError } from '../http/errors.js';
import { listCountedLearners } from '../lti/membership.model.js';
import {
  findAttestation,
  insertAttestation,
  setWithdrawn,
  type Attestation,
} from './attestation.model.js';
import type { CourseLaunch } from './complete-object.js';
import { readCourseTree } from './course-framework.js';
import { stateAttestation } from './state-attestation.js';
import type { StatementSource } from './statement-source.js';

export interface AttestedWork {
  /** A UUID of the form. */
  id: string;
  user: string;
  item: string;
  kind: Attestation['kind'];
  note: string;
  link: string | null;
  document: string | null;
}

interface Attesting {
  launch: CourseLaunch;
  source: StatementSource;
  now: Date;
}

/** Throws `report.no-learner` or `framework.no-item` (404) for whom or what is not of this course. */
export async function requireAttestable(options: {
  launch: CourseLaunch;
  user: string;
  item: string;
}): Promise<{ framework: string }> {
  const { launch, user, item } = options;
  const { deployment, course } = launch;
  const tree = await readCourseTree(launch);
  if (tree.items.get(item)?.CFItemType !== 'Competency')
    throw new AppError('framework.no-item', { status: 404 });
  const [learner] = await listCountedLearners({ deployment, course, users: [user] });
  if (learner === undefined) throw new AppError('report.no-learner', { status: 404 });
  return { framework: tree.framework.id };
}

/** The record is the fact. `already` where the same form came before. */
export async function attestCompetency(
  options: Attesting & { attested: AttestedWork; framework: string },
): Promise<'attested' | 'already'> {
  const { launch, source, now, attested, framework } = options;
  const { deployment, course, user: by } = launch;
  const attestation: Attestation = {
    ...attested,
    deployment,
    course,
    framework,
    by,
    at: now,
    statementId: await source.deriveId('attested', deployment, attested.id),
    withdrawn: null,
  };
  if (!(await insertAttestation(attestation))) return 'already';
  await stateAttestation({ attestation, source });
  return 'attested';
}

/** The record is the fact. Throws `attestation.not-found` (404) for what is none of this course. */
export async function withdrawAttestation(
  options: Attesting & { attestation: string; reason: string },
): Promise<{ attestation: Attestation; outcome: 'withdrawn' | 'already' }> {
  const { launch, source, now, reason } = options;
  const { deployment, course, user: by } = launch;
  const place = { deployment, course, attestation: options.attestation };
  const attestation = await setWithdrawn({ ...place, withdrawn: { by, at: now, reason } });
  if (attestation === null) {
    const known = await findAttestation(place);
    if (known === null) throw new AppError('attestation.not-found', { status: 404 });
    return { attestation: known, outcome: 'already' };
  }
  await stateAttestation({ attestation, source });
  return { attestation, outcome: 'withdrawn' };
}
