// The periodic jobs, each under a lease: what runs, how often, and the parts they share. Composition only.
import { deliverScores } from './activities/deliver-scores.js';
import { readCourseResults, stateUntoldResults } from './activities/read-course-results.js';
import { stateUntoldRatings } from './activities/state-ratings.js';
import { stateUntoldAttestations } from './activities/state-attestation.js';
import { stateAlignments } from './activities/state-alignments.js';
import { stateLaunches } from './activities/state-launches.js';
import { createStatementSource, type StatementSource } from './activities/statement-source.js';
import { matchAgain } from './attainment/match-again.js';
import { projectAttainment } from './attainment/project-attainment.js';
import { sendColumns } from './attainment/send-columns.js';
import type { Config } from './config.js';
import { sweepExpired } from './db/sweep-expired.js';
import { sweepFiles } from './files/sweep-files.js';
import type { Metrics } from './http/metrics.js';
import { repairLrs } from './lrs/repair-lrs.js';
import type { LtiServices } from './lti/lti-services.js';
import { readCourses } from './lti/read-courses.js';
import { refreshRoster } from './lti/refresh-roster.js';
import { rotateToolKeys } from './lti/rotate-tool-keys.js';
import type { AppLog } from './logger.js';
import type { OutgoingClient } from './outgoing/outgoing-client.js';
import { deliveryElsewhereJob, deliveryJob } from './outbox/delivery-jobs.js';
import { outboxMetrics } from './outbox/outbox-metrics.js';
import { makeOwnKey, ownFeed, storeOfSource } from './own-lrs.js';
import { stateUntoldWork } from './work/state-work.js';
import { runErasures } from './privacy/run-erasures.js';
import { runRetention } from './privacy/run-retention.js';
import { pollSources } from './sources/poll-sources.js';
import type { Job } from './workers.js';

const SWEEP_EVERY_MS = 60_000;
const SWEEP_FILES_EVERY_MS = 60 * 60_000;
const STATE_EVERY_MS = 2_000;
const STATE_WORK_EVERY_MS = 60_000;
const PROJECT_EVERY_MS = 1_000;
const JUDGEMENTS_EVERY_MS = 60_000;
const POLL_EVERY_MS = 10_000;
const MATCH_EVERY_MS = 60_000;
const REPAIR_EVERY_MS = 60_000;
const SCORES_EVERY_MS = 5_000;
const COLUMNS_EVERY_MS = 15_000;
const KEYS_EVERY_MS = 600_000;
const READ_EVERY_MS = 5_000;
/** A course that is worked in; every launch asks as well. */
const RESULTS_EVERY_MS = 60 * 60_000;
const ROSTER_EVERY_MS = 12 * 60 * 60_000;
const ERASE_EVERY_MS = 60_000;
const RETENTION_EVERY_MS = 60 * 60_000;
const MS_PER_S = 1_000;
const PERCENT = 100;

export interface JobParts {
  /** Names this process in leases. */
  holder: string;
  config: Config;
  log: AppLog;
  now: () => Date;
  outgoing: OutgoingClient;
  metrics: Metrics;
  lti: LtiServices;
}

export async function listJobs(parts: JobParts): Promise<{ jobs: Job[]; source: StatementSource }> {
  const { config, holder, log, lti, metrics, now, outgoing } = parts;
  const source = createStatementSource({ url: config.url, secret: config.secret, now });
  const feed = ownFeed({ config, now });
  const delivery = {
    outgoing,
    secret: config.secret,
    now,
    log,
    holder,
    batchSize: config.outboxBatchSize,
    makeOwnKey: makeOwnKey({ now }),
    count: countDelivered(metrics),
  };
  const jobs: Job[] = [
    {
      name: 'sweep-expired',
      everyMs: SWEEP_EVERY_MS,
      run: async () => {
        await sweepExpired({ now: now() });
      },
    },
    {
      name: 'sweep-files',
      everyMs: SWEEP_FILES_EVERY_MS,
      run: async (signal) => {
        const removed = await sweepFiles({ now: now(), signal });
        if (removed > 0) log.info({ removed }, 'pieces of files that nobody has were removed');
      },
    },
    {
      name: 'state-launches',
      everyMs: STATE_EVERY_MS,
      run: async (signal) => {
        await stateLaunches({ source, now, signal });
      },
    },
    {
      name: 'state-alignments',
      everyMs: STATE_EVERY_MS,
      run: (signal) => stateAlignments({ source, now, signal }),
    },
    {
      name: 'state-judgements',
      everyMs: JUDGEMENTS_EVERY_MS,
      run: async (signal) => {
        await stateUntoldAttestations({ source, now: now(), signal });
        await stateUntoldRatings({ source, now: now(), signal });
      },
    },
    {
      name: 'state-work',
      everyMs: STATE_WORK_EVERY_MS,
      run: async (signal) => {
        const passShare = config.resultPassPercent / PERCENT;
        await stateUntoldWork({ source, passShare, now: now(), signal });
      },
    },
    {
      name: 'repair-lrs',
      everyMs: REPAIR_EVERY_MS,
      run: async (signal) => {
        await repairLrs({ now: now(), signal });
      },
    },
    {
      name: 'rotate-keys',
      everyMs: KEYS_EVERY_MS,
      run: async () => {
        const { secret, keyAges: ages } = config;
        const changes = await rotateToolKeys({ secret, ages, now: now() });
        if (Object.values(changes).some((change) => change !== null && change.length > 0)) {
          lti.keys.forget();
          log.info(changes, 'our signing keys were rotated');
        }
      },
    },
    deliveryJob(delivery),
    deliveryElsewhereJob(delivery),
    {
      name: 'project-attainment',
      everyMs: PROJECT_EVERY_MS,
      run: (signal) => projectAttainment({ feed, source, now, signal }),
    },
    {
      name: 'send-columns',
      everyMs: COLUMNS_EVERY_MS,
      run: async (signal) => {
        await sendColumns({ feed, services: lti, now, signal });
      },
    },
    {
      name: 'poll-sources',
      everyMs: POLL_EVERY_MS,
      run: (signal) =>
        pollSources({
          outgoing,
          secret: config.secret,
          store: storeOfSource({ config, now }),
          now,
          signal,
        }),
    },
    {
      name: 'match-actors',
      everyMs: MATCH_EVERY_MS,
      run: (signal) => matchAgain({ feed, now, signal }),
    },
    {
      name: 'erase-people',
      everyMs: ERASE_EVERY_MS,
      run: async (signal) => {
        const { url, deriveId } = source;
        await runErasures({ url, deriveId, now, signal });
      },
    },
    {
      name: 'retention',
      everyMs: RETENTION_EVERY_MS,
      run: async (signal) => {
        const { url, deriveId } = source;
        const { emptied, ...trimmed } = await runRetention({ url, deriveId, now, signal });
        for (const course of emptied) log.info(course, 'a course was emptied by retention');
        if (trimmed.looks + trimmed.launches > 0) log.info(trimmed, 'old records were erased');
      },
    },
    {
      name: 'deliver-scores',
      everyMs: SCORES_EVERY_MS,
      run: async (signal) => {
        await deliverScores({ services: lti, now, log, signal });
      },
    },
    {
      name: 'read-results',
      everyMs: READ_EVERY_MS,
      run: async (signal) => {
        const reading = { services: lti, source, now, log, signal };
        const passShare = config.resultPassPercent / PERCENT;
        await stateUntoldResults(reading);
        await readCourses({
          ...reading,
          kind: 'results',
          everyMs: RESULTS_EVERY_MS,
          readCourse: async (course) => {
            await readCourseResults({ ...reading, passShare, course });
          },
        });
      },
    },
    {
      name: 'read-rosters',
      everyMs: READ_EVERY_MS,
      run: async (signal) => {
        await readCourses({
          kind: 'roster',
          everyMs: ROSTER_EVERY_MS,
          services: lti,
          now,
          log,
          signal,
          readCourse: async (course) => {
            await refreshRoster({ services: lti, course, now: now(), signal });
          },
        });
      },
    },
  ];
  metrics.addGauges({
    names: {
      crosswalk_outbox_oldest_seconds: 'Age of the oldest statement that waits for an LRS',
      crosswalk_outbox_waiting: 'Statements that wait, over all destinations',
      crosswalk_outbox_parked: 'Statements an LRS refused',
      crosswalk_outbox_stopped: 'Destinations that a person must look at',
      crosswalk_outbox_failing: 'Destinations that are left alone for a while after a failure',
    },
    read: async () => {
      const found = await outboxMetrics({ now: now() });
      return {
        crosswalk_outbox_oldest_seconds: found.oldestAgeMs / MS_PER_S,
        crosswalk_outbox_waiting: found.backlog,
        crosswalk_outbox_parked: found.parked,
        crosswalk_outbox_stopped: found.stopped,
        crosswalk_outbox_failing: found.failing,
      };
    },
  });
  return { jobs, source };
}

/** What this process delivered; a rate is made of it where the metrics are read. */
function countDelivered(
  metrics: Metrics,
): (settled: { delivered: number; parked: number }) => void {
  const delivered = metrics.addCounter({
    name: 'crosswalk_outbox_delivered_total',
    help: 'Statements that an LRS took from this process',
  });
  const parked = metrics.addCounter({
    name: 'crosswalk_outbox_refused_total',
    help: 'Statements that an LRS refused from this process, and that were parked',
  });
  return (settled) => {
    delivered(settled.delivered);
    parked(settled.parked);
  };
}
