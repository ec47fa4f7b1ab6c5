// What the grants of a deployment come to for one person at one moment, and who may edit what (pure). The one place that
// decides both; a launch carries the answer (CurrentLaunch.granted, edits, mayReadNames).
import type { GrantObject, StandingGrant } from './grant.model.js';
import type { Role } from './roles.js';

export interface GrantedRights {
  roles: Role[];
  /** Sees names as a reviewer. */
  seesNames: boolean;
  /** What the person may edit. */
  edits: GrantObject[];
}

/** A right holds until the moment it names, and not at it. */
export function isInTime({ until }: Pick<StandingGrant, 'until'>, now: Date): boolean {
  return until === null || until > now;
}

export function readGrantedRights(options: {
  grants: readonly StandingGrant[];
  user: string;
  now: Date;
}): GrantedRights {
  const { grants, user, now } = options;
  const own = grants.filter((grant) => grant.user === user && isInTime(grant, now));
  const reviewing = own.filter(({ kind }) => kind === 'reviewer');
  const edits = own.filter(({ kind }) => kind === 'editor').map(({ object }) => object);
  return {
    roles: [
      ...(reviewing.length > 0 ? (['Reviewer'] as const) : []),
      ...(edits.length > 0 ? (['Editor'] as const) : []),
    ],
    seesNames: reviewing.some(({ names }) => names === 'shown'),
    edits,
  };
}

/** Whether the person of a launch edits it: the library, or that framework. */
export function mayEdit(launch: { edits: readonly GrantObject[] }, object: GrantObject): boolean {
  return launch.edits.includes(object);
}
