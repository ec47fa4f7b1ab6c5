// The tool with the pages of activities/ and attainment/, a platform beside it, and the small world imported at the tool's
// own address. `project` reads the outbox as an LRS would tell it.
import { randomUUID } from 'node:crypto';
import type { Router } from 'express';
import { activityPageRoutes } from '../../src/activities/activity-page.routes.js';
import { activityRoutes } from '../../src/activities/activity.routes.js';
import { attestationRoutes } from '../../src/activities/attestation.routes.js';
import { alignmentRoutes } from '../../src/activities/alignment.routes.js';
import { deepLinkingRoutes } from '../../src/activities/deep-linking.routes.js';
import { ratingsRoutes } from '../../src/activities/ratings.routes.js';
import { resourceRoutes } from '../../src/activities/resource.routes.js';
import { shortlistRoutes } from '../../src/activities/shortlists.routes.js';
import type { ActivityDeps } from '../../src/activities/signed-in.js';
import {
  createStatementSource,
  type StatementSource,
} from '../../src/activities/statement-source.js';
import { evidencePageRoutes } from '../../src/attainment/evidence-page.routes.js';
import { signedInFrameworkRoutes } from '../../src/attainment/framework-page.routes.js';
import { progressRoutes } from '../../src/attainment/progress.routes.js';
import { projectAttainment } from '../../src/attainment/project-attainment.js';
import { readItemStatuses } from '../../src/attainment/read-item-statuses.js';
import { rulesRoutes } from '../../src/attainment/rules.routes.js';
import { sharedPageRoutes } from '../../src/attainment/shared-page.routes.js';
import { sharedPublicRoutes } from '../../src/attainment/shared-public.routes.js';
import { filesRoutes } from '../../src/files/files.routes.js';
import { noteDownload } from '../../src/reports/note-download.js';
import { readWorkPanel } from '../../src/work/read-work-panel.js';
import { waitingRoutes } from '../../src/work/waiting.routes.js';
import { workRoutes } from '../../src/work/work.routes.js';
import { frameworkPublicRoutes } from '../../src/library/framework-public.routes.js';
import { libraryRoutes } from '../../src/library/library.routes.js';
import { classRoutes } from '../../src/reports/class.routes.js';
import * as guards from '../../src/lti/guards.js';
import type { LtiServices } from '../../src/lti/lti-services.js';
import { startFakePlatform, type FakePlatform } from '../support/fake-platform.js';
import { connectPlatform, launchAs, type LaunchAs, type Launched } from '../support/launch-as.js';
import { startTool, type TestTool } from '../support/start-tool.js';
import { createWorld, outboxFeed, SECRET, type World } from './attainment-world.js';

/** Limits small enough to be met. */
export const FILES = { bytes: 1_024 * 1_024, perLearner: 3, perStaff: 5 };

export interface AttainmentTool {
  tool: TestTool;
  platform: FakePlatform;
  close(): Promise<void>;
  /** Imports the world and connects the platform; call it in each test, the database is empty before. */
  open(): Promise<OpenTool>;
}

export interface OpenTool extends World {
  deployment: string;
  launch(options?: Partial<LaunchAs>): Promise<Launched>;
  project(): Promise<void>;
}

/** `now` moves the tool's clock; `more` are further routes. */
export async function startAttainmentTool(
  options: {
    now?: () => Date;
    more?: (deps: ActivityDeps & { lti: LtiServices }) => Router[];
  } = {},
): Promise<AttainmentTool> {
  const platform = await startFakePlatform({ clientId: `client-${randomUUID()}` });
  const { now = () => new Date(), more = () => [] } = options;
  const tool = await startTool({
    now,
    routes: (lti) => {
      const config = { url: lti.config.url };
      const source = createStatementSource({ url: config.url, secret: SECRET, now });
      const deps = { config, lti, source, now, nudge: () => undefined };
      const files = { bytes: 1_000_000, perLearner: 20, perStaff: 20 };
      return [
        filesRoutes({ now }),
        attestationRoutes({ ...deps, config: { files }, noteDownload }),
        ratingsRoutes(deps),
        classRoutes(deps),
        ...more(deps),
        alignmentRoutes(deps),
        activityRoutes(deps),
        activityPageRoutes({
          ...deps,
          passPercent: 75,
          readStatuses: readItemStatuses,
          readWork: readWorkPanel,
        }),
        filesRoutes({ now }),
        workRoutes({ ...deps, config: { files: FILES }, noteDownload }),
        waitingRoutes({ ...deps, passPercent: 75 }),
        resourceRoutes(deps),
        shortlistRoutes({ ...deps, config: { ...config, files: FILES } }),
        deepLinkingRoutes(deps),
        signedInFrameworkRoutes(deps),
        progressRoutes(deps),
        evidencePageRoutes(),
        sharedPageRoutes(deps),
        sharedPublicRoutes(deps),
        rulesRoutes(deps),
        frameworkPublicRoutes({ config, guards }),
        libraryRoutes({ config, guards }),
      ];
    },
  });
  return {
    tool,
    platform,
    close: async () => void (await Promise.all([tool.close(), platform.close()])),
    async open() {
      const world = await createWorld({ url: tool.url });
      const { deployment } = await connectPlatform(platform);
      const source: StatementSource = createStatementSource({ url: tool.url, secret: SECRET, now });
      return {
        ...world,
        source,
        deployment: deployment._id,
        launch: (options = {}) =>
          launchAs({ tool, platform, role: 'Learner', course: 'HIM101', ...options }),
        project: () => projectAttainment({ feed: outboxFeed(), source, now }),
      };
    },
  };
}
