// What the routes of the demo LMS work with, gathered once by create-demo-platform.ts.
import type { AccessTokens } from './access-tokens.js';
import type { DemoCourse } from './demo-course.js';
import type { DemoLog } from './demo-log.js';
import type { DemoRecordStore } from './demo-record-store.js';
import type { DemoSessions } from './demo-session.js';
import type { DemoViews } from './demo-views.js';
import type { ReplayGuard, ExpiringStore } from './expiring-store.js';
import type { SigningKey } from './signing-key.js';
import type { ToolKeys } from './tool-keys.js';

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

/** What a message hint stands for: who began which launch. */
export interface PendingLaunch {
  personId: string;
  documentTarget: 'iframe' | 'window';
  /** The activity to open, or null where content is to be chosen (deep linking). */
  activityId: string | null;
}

/** A deep linking request that went out and was not yet answered. */
export interface PendingContent {
  personId: string;
  data: string;
}

export interface Demo {
  url: string;
  toolUrl: string;
  /** Whether the pages that frame the tool keep data for it (LTI platform storage). */
  hasPlatformStorage: boolean;
  registration: DemoRegistration;
  course: DemoCourse;
  records: DemoRecordStore;
  key: SigningKey;
  toolKeys: ToolKeys;
  toolTokenGuard: ReplayGuard;
  accessTokens: AccessTokens;
  sessions: DemoSessions;
  launches: ExpiringStore<PendingLaunch>;
  contentRequests: ExpiringStore<PendingContent>;
  views: DemoViews;
  log: DemoLog;
  now: () => Date;
}
