// A browser in each role of ours: those that a launch brings, and the editor, whom a grant makes one.
import { giveGrant, LIBRARY } from '../../src/lti/grant.model.js';
import { deploymentRecordId, platformRecordId, userRecordId } from '../../src/lti/record-ids.js';
import type { Role } from '../../src/lti/roles.js';
import { launchAs, type LaunchAs, type Launched } from './launch-as.js';

/** Launches as a person who is called like the role. An editor edits the library and has no other role. */
export async function launchInRole(
  options: Omit<LaunchAs, 'role' | 'user'> & { role: Role },
): Promise<Launched> {
  const { role, ...rest } = options;
  if (role !== 'Editor') return launchAs({ ...rest, role, user: role });
  const { issuer, clientId, deploymentId } = options.platform;
  const platform = platformRecordId({ issuer, clientId });
  await giveGrant({
    deployment: deploymentRecordId({ platform, deploymentId }),
    user: userRecordId({ platform, sub: role }),
    kind: 'editor',
    object: LIBRARY,
    names: 'hidden',
    until: null,
    by: 'administrator',
    now: new Date(),
  });
  return launchAs({ ...rest, role: null, user: role });
}
