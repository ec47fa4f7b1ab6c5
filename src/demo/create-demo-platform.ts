// The demo LMS: a small but real LTI 1.3 platform with two courses, for trying the tool without
// an LMS of one's own. It shares no code with the tool and reaches it by HTTP alone. Not for
// production: whoever reaches it may sign in as anyone.
import { join } from 'node:path';
import express, { type Express, type Router } from 'express';
import { createAccessTokens } from './access-tokens.js';
import { coursePageRoutes } from './course-pages.routes.js';
import { deepLinkingRoutes } from './deep-linking.routes.js';
import { endpointsOf, type DemoMode } from './demo-addresses.js';
import { loadDemoCourses, REVIEWER_ROLE } from './demo-course.js';
import type { Demo, DemoRegistration } from './demo.js';
import type { DemoLog } from './demo-log.js';
import { answerErrors, answerNotFound } from './demo-errors.js';
import { openDemoRecords } from './demo-record-store.js';
import { createDemoSessions } from './demo-session.js';
import { createDemoTools } from './demo-tools.js';
import { loadDemoViews } from './demo-views.js';
import { createExpiringStore, createReplayGuard } from './expiring-store.js';
import { gradebookRoutes } from './gradebook.routes.js';
import { launchRoutes } from './launch.routes.js';
import { lineItemRoutes } from './line-items.routes.js';
import { membershipRoutes } from './memberships.routes.js';
import { moodleAuthRoutes } from './moodle-auth.routes.js';
import { moodleContentRoutes } from './moodle-content.routes.js';
import { moodleLineItemRoutes } from './moodle-line-items.routes.js';
import { moodleMembershipRoutes } from './moodle-memberships.routes.js';
import { moodleScoreRoutes } from './moodle-scores.routes.js';
import { moodleTokenRoutes } from './moodle-token.routes.js';
import { oidcRoutes } from './oidc.routes.js';
import { findPackageRoot } from './package-root.js';
import { ownAddressOnly, ownFormsOnly, pageHeaders } from './page-headers.js';
import { registrationRoutes } from './registration.routes.js';
import { scoreRoutes } from './scores.routes.js';
import { signInRoutes } from './sign-in.routes.js';
import { describeSite } from './site.js';
import { siteRoutes } from './site.routes.js';
import { openSigningKey } from './signing-key.js';
import { toolRoutes } from './tools.routes.js';
import { tokenRoutes } from './token.routes.js';
import { wrongLaunchRoutes } from './wrong-launches.routes.js';

export interface DemoPlatformOptions {
  /** Where the demo LMS is, no slash at the end, for instance http://127.0.0.1:3001 */
  url: string;
  /** Where the tool is, no slash at the end; another site than `url` to the browser. */
  toolUrl: string;
  /** Holds the key and the gradebook; null keeps both in memory. */
  dataFolder: string | null;
  /** As which kind of platform it behaves towards the built-in tool: by the standard, or as Moodle 4.5 was seen to. */
  mode?: DemoMode;
  /** LTI platform storage for the tool in the frame: on unless told otherwise, never in Moodle mode. */
  platformStorage?: boolean;
  log: DemoLog;
  now?: () => Date;
}

export interface DemoPlatform {
  app: Express;
  /** What the tool has to know of this platform. */
  registration: DemoRegistration;
  close(): Promise<void>;
}

const LAUNCH_LIFETIME_MS = 10 * 60 * 1000;
const CONTENT_REQUEST_LIFETIME_MS = 60 * 60 * 1000;
const REGISTRATION_LIFETIME_MS = 60 * 60 * 1000;
const CLIENT_ID = 'crosswalk-demo';
const MAX_FORM = '128kb';

export async function createDemoPlatform(options: DemoPlatformOptions): Promise<DemoPlatform> {
  const demo = await gatherDemo(options);
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');

  app.use(pageHeaders(demo));
  app.use('/assets', assetRoutes(demo));
  app.use(lineItemRoutes(demo), scoreRoutes(demo), membershipRoutes(demo));
  app.use(moodleLineItemRoutes(demo), moodleScoreRoutes(demo), moodleMembershipRoutes(demo));
  app.use(registrationRoutes(demo));
  app.use(express.urlencoded({ extended: false, limit: MAX_FORM }));
  app.use(tokenRoutes(demo), oidcRoutes(demo));
  app.use(moodleTokenRoutes(demo), moodleAuthRoutes(demo));
  app.use(ownAddressOnly(demo), deepLinkingRoutes(demo), moodleContentRoutes(demo));
  app.use(ownFormsOnly(demo), signInRoutes(demo));
  app.use(launchRoutes(demo), coursePageRoutes(demo), gradebookRoutes(demo), siteRoutes(demo));
  app.use(wrongLaunchRoutes(demo), toolRoutes(demo));
  app.use(answerNotFound, answerErrors(demo));

  return { app, registration: demo.registration, close: () => demo.records.close() };
}

async function gatherDemo(options: DemoPlatformOptions): Promise<Demo> {
  const { url, toolUrl, dataFolder, mode = 'standard', log, now = () => new Date() } = options;
  const root = findPackageRoot();
  const courses = await loadDemoCourses(join(root, 'seeds', 'demo'));
  const key = await openSigningKey({ dataFolder, log });
  const records = await openDemoRecords({ dataFolder, courses, log });
  const readRecords = () => records.read();

  return {
    url,
    toolUrl,
    mode,
    hasPlatformStorage: options.platformStorage ?? true,
    registration: describeRegistration({ url, mode }),
    courses,
    site: describeSite(courses, 'Demo school'),
    records,
    tools: createDemoTools({ clientId: CLIENT_ID, mode, toolUrl, readRecords, log, now }),
    key,
    toolTokenGuard: createReplayGuard({ now }),
    accessTokens: createAccessTokens({ now }),
    sessions: createDemoSessions({ url, courses, secret: key.deriveSecret('session'), now }),
    launches: createExpiringStore({ lifetimeMs: LAUNCH_LIFETIME_MS, now }),
    contentRequests: createExpiringStore({ lifetimeMs: CONTENT_REQUEST_LIFETIME_MS, now }),
    registrations: createExpiringStore({ lifetimeMs: REGISTRATION_LIFETIME_MS, now }),
    views: await loadDemoViews(join(root, 'views', 'demo')),
    log,
    now,
  };
}

function describeRegistration(platform: { url: string; mode: DemoMode }): DemoRegistration {
  const { authorizationEndpoint, tokenEndpoint, jwksUri } = endpointsOf(platform);
  return {
    issuer: platform.url,
    clientId: CLIENT_ID,
    deploymentId: '1',
    name: 'Demo LMS',
    authorizationEndpoint,
    tokenEndpoint,
    jwksUri,
    reviewerRole: REVIEWER_ROLE,
  };
}

function assetRoutes({ views }: Demo): Router {
  const router = express.Router();
  for (const [name, text] of views.assets) {
    router.get(`/${name}`, (_req, res) => {
      res.type(name).set('Cache-Control', 'public, max-age=300').send(text);
    });
  }
  return router;
}
