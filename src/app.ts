// All routes of the tool, in the order in which they are asked. A table of contents: no rule and no query stands here.
import express, { type Express } from 'express';
import { addActivitiesRoutes } from './activities/add-activities.routes.js';
import { activityPageRoutes } from './activities/activity-page.routes.js';
import { activityRoutes } from './activities/activity.routes.js';
import { alignmentFileRoutes } from './activities/alignment-file.routes.js';
import { alignmentRoutes } from './activities/alignment.routes.js';
import { attestationRoutes } from './activities/attestation.routes.js';
import { courseCopyRoutes } from './activities/course-copies.routes.js';
import { choicesRoutes } from './activities/choices.routes.js';
import { gradebookRoutes } from './activities/gradebook.routes.js';
import { outcomesRoutes } from './activities/outcomes.routes.js';
import { courseRoutes } from './activities/course.routes.js';
import { ratingsRoutes } from './activities/ratings.routes.js';
import { scoresRoutes } from './activities/scores.routes.js';
import { deepLinkingRoutes } from './activities/deep-linking.routes.js';
import { mapRoutes } from './activities/map.routes.js';
import { peopleRoutes } from './activities/people.routes.js';
import { resourceReportRoutes } from './activities/resource-reports.routes.js';
import { templateRoutes } from './activities/templates.routes.js';
import { resourceRoutes } from './activities/resource.routes.js';
import { shortlistRoutes } from './activities/shortlists.routes.js';
import { keysAdminRoutes } from './admin/keys.routes.js';
import { destinationsAdminRoutes } from './admin/destinations.routes.js';
import { grantsRoutes } from './admin/grants.routes.js';
import { launchesRoutes } from './admin/launches.routes.js';
import { storedStatementsRoutes } from './admin/stored-statements.routes.js';
import { lrsKeysAdminRoutes } from './admin/lrs-keys.routes.js';
import { resourceReportsAdminRoutes } from './admin/resource-reports.routes.js';
import { scoresAdminRoutes } from './admin/scores.routes.js';
import { overviewRoutes } from './admin/overview.routes.js';
import { testDataRoutes } from './admin/test-data.routes.js';
import { sourcesRoutes } from './admin/sources.routes.js';
import { sessionsAdminRoutes } from './admin/sessions.routes.js';
import { parkedStatementsRoutes } from './admin/statements.routes.js';
import { deploymentsRoutes } from './admin/deployments.routes.js';
import { frameworkSettingsRoutes } from './admin/framework-settings.routes.js';
import { addPlatformRoutes } from './admin/add-platform.routes.js';
import { invitationsRoutes } from './admin/invitations.routes.js';
import { platformsRoutes } from './admin/platforms.routes.js';
import { countEvidenceByObject } from './attainment/evidence.model.js';
import { columnsRoutes } from './attainment/columns.routes.js';
import { evidencePageRoutes } from './attainment/evidence-page.routes.js';
import { signedInFrameworkRoutes } from './attainment/framework-page.routes.js';
import { readItemStatuses } from './attainment/read-item-statuses.js';
import { progressRoutes } from './attainment/progress.routes.js';
import { rulesRoutes } from './attainment/rules.routes.js';
import { sharedPageRoutes } from './attainment/shared-page.routes.js';
import { sharedPublicRoutes } from './attainment/shared-public.routes.js';
import { writeSentence } from './reports/statement-sentence.js';
import { noteDownload } from './reports/note-download.js';
import { noteLook } from './reports/note-look.js';
import { statementsRoutes } from './reports/statements.routes.js';
import { lrsRoutes } from './lrs/lrs.routes.js';
import { listStatements } from './lrs/statement-feed.js';
import { erasureRoutes } from './privacy/erasure.routes.js';
import { readNextEmptyings } from './privacy/course-emptying.model.js';
import { findPeople, isKnownHere } from './privacy/find-people.js';
import { privacyRoutes } from './privacy/privacy.routes.js';
import { retentionRoutes } from './privacy/retention.routes.js';
import { submissionReviewRoutes } from './reports/submission-review.routes.js';
import { classRoutes } from './reports/class.routes.js';
import { reportsRoutes } from './reports/reports.routes.js';
import type { StatementSource } from './activities/statement-source.js';
import type { Config } from './config.js';
import { pathwayRoutes } from './frameworks/pathway.routes.js';
import { frameworkPublicRoutes } from './library/framework-public.routes.js';
import { editingRoutes } from './library/editing.routes.js';
import { libraryRoutes } from './library/library.routes.js';
import { startRoutes } from './library/start.routes.js';
import { emptyTestData } from './empty-test-data.js';
import { filesRoutes } from './files/files.routes.js';
import { loadAssets } from './http/assets.js';
import { errorHandler, notFound } from './http/error-handler.js';
import type { Metrics } from './http/metrics.js';
import { operationRoutes, type Readiness } from './http/operation.routes.js';
import { requestLog } from './http/request-log.js';
import { defaultPolicy, refuseMalformedAddress, securityHeaders } from './http/security.js';
import { configureViews } from './http/views.js';
import type { AppLog } from './logger.js';
import * as guards from './lti/guards.js';
import { keysRoutes } from './lti/keys.routes.js';
import { launchRoutes } from './lti/launch.routes.js';
import { loginRoutes } from './lti/login.routes.js';
import type { LtiServices } from './lti/lti-services.js';
import { registerRoutes } from './lti/register.routes.js';
import { openSessions } from './lti/request-session.js';
import { sessionRoutes } from './lti/session.routes.js';
import { toolConfigurationRoutes } from './lti/tool-configuration.routes.js';
import { createWayBack } from './lti/way-back.js';
import { createWaitingCount } from './work/list-waiting.js';
import { readWorkPanel } from './work/read-work-panel.js';
import { waitingRoutes } from './work/waiting.routes.js';
import { workRoutes } from './work/work.routes.js';
import type { OutgoingClient } from './outgoing/outgoing-client.js';
import { profileRoutes } from './xapi/profile.routes.js';

const LARGEST_FORM = '256kb';

export interface AppOptions {
  config: Config;
  log: AppLog;
  now: () => Date;
  lti: LtiServices;
  metrics: Metrics;
  readiness: () => Promise<Readiness>;
  outgoing: OutgoingClient;
  source: StatementSource;
  /** Shortens the wait of a job; may be lost without harm. */
  nudge: (job: string) => void;
}

export function createApp(options: AppOptions): Express {
  const { config, log, lti, metrics, readiness } = options;
  const assets = loadAssets();
  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', config.trustProxy);
  app.set('query parser', 'simple');
  configureViews(app, { assets, url: config.url, production: config.production });

  app.use(requestLog({ log }), metrics.measure);
  app.use(securityHeaders({ secureOrigin: config.url.startsWith('https:') }), defaultPolicy);
  app.use(refuseMalformedAddress);
  app.use(operationRoutes({ metrics, metricsToken: config.metricsToken, readiness }));
  app.use(assets.routes);
  app.use('/xapi', lrsRoutes({ config, log, now: options.now, nudge: options.nudge }));
  app.use(filesRoutes({ now: options.now }), profileRoutes());
  app.use(openSessions({ ...lti, countWaiting: createWaitingCount({ now: options.now }) }));
  app.use(loginRoutes(lti), launchRoutes(lti), keysRoutes(lti), sessionRoutes(lti));
  app.use(registerRoutes(lti), toolConfigurationRoutes(lti));
  app.use(express.urlencoded({ extended: false, limit: LARGEST_FORM }));
  const { now, source, nudge } = options;
  const deps = { config, lti, log, now, source, nudge, noteLook };
  app.use(courseRoutes({ ...deps, countEvidence: countEvidenceByObject }), peopleRoutes(deps));
  app.use(addActivitiesRoutes(deps), alignmentRoutes(deps), alignmentFileRoutes(deps));
  app.use(scoresRoutes(deps), scoresAdminRoutes(deps));
  app.use(attestationRoutes({ ...deps, noteDownload }), ratingsRoutes(deps));
  app.use(courseCopyRoutes(deps), shortlistRoutes(deps));
  app.use(mapRoutes({ ...deps, countEvidence: countEvidenceByObject }), templateRoutes(deps));
  app.use(gradebookRoutes({ ...deps, passPercent: config.resultPassPercent }));
  app.use(outcomesRoutes({ ...deps, passPercent: config.resultPassPercent }));
  app.use(
    activityPageRoutes({
      ...deps,
      passPercent: config.resultPassPercent,
      readStatuses: readItemStatuses,
      readWork: readWorkPanel,
    }),
    activityRoutes(deps),
    resourceRoutes(deps),
    resourceReportRoutes(deps),
    choicesRoutes(deps),
    deepLinkingRoutes(deps),
  );
  app.use(workRoutes({ ...deps, noteDownload }));
  app.use(waitingRoutes({ ...deps, passPercent: config.resultPassPercent }));
  app.use(
    signedInFrameworkRoutes(deps),
    progressRoutes(deps),
    evidencePageRoutes(),
    sharedPageRoutes(deps),
    sharedPublicRoutes(deps),
    rulesRoutes(deps),
    columnsRoutes(deps),
  );
  app.use(pathwayRoutes({ config, guards }), frameworkPublicRoutes({ config, guards }));
  app.use(libraryRoutes({ config, guards }), startRoutes(), editingRoutes());
  app.use(statementsRoutes({ statements: { listStatements }, now: options.now, url: config.url }));
  app.use(classRoutes(deps), reportsRoutes(deps), submissionReviewRoutes(deps));
  app.use(erasureRoutes(deps), privacyRoutes(deps), retentionRoutes(deps));
  app.use(
    overviewRoutes({ ...deps, readNextEmptyings }),
    deploymentsRoutes(deps),
    frameworkSettingsRoutes(deps),
    parkedStatementsRoutes(deps),
  );
  app.use(destinationsAdminRoutes({ ...deps, secret: config.secret, outgoing: options.outgoing }));
  app.use(launchesRoutes({ now: options.now, url: config.url }), sessionsAdminRoutes(deps));
  app.use(grantsRoutes({ ...deps, people: { find: findPeople, isKnown: isKnownHere } }));
  app.use(testDataRoutes({ log, emptyTestData }));
  app.use(keysAdminRoutes(deps), resourceReportsAdminRoutes());
  app.use(lrsKeysAdminRoutes({ now: options.now, url: config.url }));
  app.use(storedStatementsRoutes({ now: options.now, noteLook, writeSentence }));
  const mayReach = options.outgoing.mayReach;
  app.use(sourcesRoutes({ ...deps, mayReach }));
  app.use(
    platformsRoutes(deps),
    addPlatformRoutes({ now: options.now, url: config.url, mayReach }),
  );
  app.use(invitationsRoutes({ now: options.now, url: config.url }));
  app.get('/', (_req, res) => res.redirect(303, '/frameworks'));
  app.use(notFound, errorHandler({ log, findWayBack: createWayBack({ secret: config.secret }) }));
  return app;
}
