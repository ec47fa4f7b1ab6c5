// What the rest of the application knows of a person's verified launch. Guards (guards.ts) set it for the request;
// routes read it. The claims themselves never leave this room.
import type { Request } from 'express';
import { AppError } from '../http/errors.js';
import type { GrantObject } from './grant.model.js';
import type { OutsideCourse } from './outside-course.js';
import type { Role } from './roles.js';
import type { VisitKey } from './visit-key.js';

/** Names and Roles and Assignment and Grade Services, as the verified token offered them (AGS 2.0, NRPS 2.0). */
export interface LaunchServices {
  lineItemsUrl: string | null;
  lineItemUrl: string | null;
  /** Scopes of the AGS claim. */
  gradeScopes: string[];
  membershipsUrl: string | null;
}

/** LTI Deep Linking 2.0, section 4.4.1, as far as we answer it. */
export interface DeepLinkingRequest {
  returnUrl: string;
  acceptTypes: string[];
  acceptMultiple: boolean;
  acceptLineItem: boolean;
  /** Opaque; echoed byte for byte when it was given. */
  data: string | null;
}

export interface CurrentLaunch {
  /** Our id of this launch; forms carry it. */
  id: string;
  /** Our ids (strings) of the records the launch belongs to. */
  platform: string;
  deployment: string;
  /** Null for a launch outside a course. */
  course: string | null;
  courseTitle: string | null;
  /** Where the launch came from an account or the site's front page; absent in a course. */
  outside?: OutsideCourse | null;
  user: string;
  /** The name the platform shared, or null; pages use `personName`. */
  userName: string | null;
  /** "Ana Ruiz", or "Learner 7F3KQ2" without a name. */
  personName: string;
  roles: Role[];
  /** Those of the roles that only a grant gives (granted-rights.ts): they add rights and take no place away. */
  granted: readonly Role[];
  /** What the person may edit as an editor. */
  edits: readonly GrantObject[];
  /** Platform's test user or a deployment of kind test: enters no report, statement or rate. */
  testUser: boolean;
  messageType:
    | 'LtiResourceLinkRequest'
    | 'LtiDeepLinkingRequest'
    | 'LtiSubmissionReviewRequest'
    | 'DataPrivacyLaunchRequest';
  /** Our id of whom the message is about: a submission review's learner, a data privacy launch's person. */
  subject?: string | null;
  resourceLinkId: string | null;
  resourceLinkTitle: string | null;
  /** BCP 47, from launch_presentation.locale; `en` where absent. */
  language: string;
  returnUrl: string | null;
  /** True in an iframe, so that links to elsewhere open a new tab. */
  framed: boolean;
  services: LaunchServices;
  deepLinking: DeepLinkingRequest | null;
  /** Reviewers see pseudonyms unless an administrator entitled them. */
  mayReadNames: boolean;
  /** May vouch for learners, accept and rate their work (may-attest.ts). */
  mayAttest: boolean;
  /** May change the completion rules of the course (may-change-rules.ts). */
  mayChangeRules: boolean;
  /** Staff who look at the page as a student does (student-view.ts). */
  studentView?: boolean;
  /** Signs this page's links to new tabs (visit-pass.ts); null where they send the cookie. */
  visitKey: VisitKey | null;
  startedAt: Date;
}

const launches = new WeakMap<Request, CurrentLaunch>();

/** Set by the guards once cookie, course, person and role are proved. */
export function setCurrentLaunch(req: Request, launch: CurrentLaunch): void {
  launches.set(req, launch);
}

/** The launch of this request, or null on a public page without one. */
export function findCurrentLaunch(req: Request): CurrentLaunch | null {
  return launches.get(req) ?? null;
}

/** The launch of this request. Throws `session.missing` (401) where no guard proved one. */
export function getCurrentLaunch(req: Request): CurrentLaunch {
  const launch = launches.get(req);
  if (!launch) throw new AppError('session.missing', { status: 401 });
  return launch;
}

/** A current launch that has a course. Throws `session.missing` (401) where it has none. */
export function getCourseLaunch(req: Request): CurrentLaunch & { course: string } {
  const launch = getCurrentLaunch(req);
  if (launch.course === null) throw new AppError('session.no-course', { status: 400 });
  return { ...launch, course: launch.course };
}

/** True when the person has one of the roles in this launch. */
export function hasRole(launch: CurrentLaunch, ...roles: Role[]): boolean {
  return launch.roles.some((role) => roles.includes(role));
}
