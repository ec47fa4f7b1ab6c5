// What the routes of the demo LMS work with, gathered once by create-demo-platform.ts.
import type { AccessTokens } from './access-tokens.js';
import type { DemoMode } from './demo-addresses.js';
import type { DemoCourse } from './demo-course.js';
import type { DemoLog } from './demo-log.js';
import type { DemoRecordStore } from './demo-record-store.js';
import type { DemoSessions } from './demo-session.js';
import type { DemoTools } from './demo-tools.js';
import type { DemoViews } from './demo-views.js';
import type { ReplayGuard, ExpiringStore } from './expiring-store.js';
import type { SigningKey } from './signing-key.js';
import type { WrongLaunch } from './wrong-launches.js';

export interface DemoRegistration {
  issuer: string;
  clientId: string;
  deploymentId: string;
  name: string;
  authorizationEndpoint: string;
  tokenEndpoint: string;
  jwksUri: string;
  reviewerRole: string;
}

/** What is opened: an activity, the choice of content, or what a learner handed in. */
export type LaunchSubject =
  | { kind: 'activity'; activityId: string }
  | { kind: 'content' }
  | { kind: 'review'; lineItemId: string; learnerId: string };

/** What a message hint stands for: who began which launch. */
export interface PendingLaunch {
  personId: string;
  /** Of the browser that began it. */
  sessionKey: string;
  courseId: string;
  clientId: string;
  documentTarget: 'iframe' | 'window';
  subject: LaunchSubject;
  /** A launch that the tool has to refuse. */
  wrong: WrongLaunch | null;
}

/** A deep linking request that went out and was not yet answered. */
export interface PendingContent {
  personId: string;
  courseId: string;
  clientId: string;
  data: string;
}

/** A registration that an administrator began and the tool has not sent yet. */
export interface PendingRegistration {
  registrationUrl: string;
  mode: DemoMode;
  clientId: string;
  /** The tool that is to be renewed, by its client id; null makes a new one. */
  renews: string | null;
}

export interface Demo {
  url: string;
  toolUrl: string;
  mode: DemoMode;
  /** Whether the pages that frame the tool keep data for it (LTI platform storage). */
  hasPlatformStorage: boolean;
  registration: DemoRegistration;
  courses: readonly DemoCourse[];
  /** The account or site home above them (site.ts). */
  site: DemoCourse;
  records: DemoRecordStore;
  tools: DemoTools;
  key: SigningKey;
  toolTokenGuard: ReplayGuard;
  accessTokens: AccessTokens;
  sessions: DemoSessions;
  launches: ExpiringStore<PendingLaunch>;
  contentRequests: ExpiringStore<PendingContent>;
  /** By registration token. */
  registrations: ExpiringStore<PendingRegistration>;
  views: DemoViews;
  log: DemoLog;
  now: () => Date;
}
