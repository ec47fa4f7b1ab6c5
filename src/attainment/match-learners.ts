// Actors of other tools' statements as learners of ours: whom the source's rules name, and in which courses they launched.
import { listLearnerCourses, type KnownActor } from '../activities/actor-key.model.js';
import type { EvidenceSource } from '../sources/evidence-source.model.js';
import { matchActors } from '../sources/match-actors.js';
import type { Actor } from '../xapi/statement.js';

/** By agentKey. Known to the platform, and a learner of no course of this deployment: nobody of ours. */
export async function matchLearners(options: {
  source: EvidenceSource;
  actors: readonly Actor[];
}): Promise<Map<string, KnownActor>> {
  const matched = [...(await matchActors(options)).values()];
  const courses = await listLearnerCourses({
    deployment: options.source.deployment,
    users: [...new Set(matched.map(({ user }) => user))],
  });
  return new Map(
    matched.flatMap((one) => {
      const learnerIn = courses.get(one.user);
      return learnerIn ? [[one.agentKey, { ...one, learnerIn }] as const] : [];
    }),
  );
}
