// Answers an authentication request by a form post to the tool (LTI Security Framework 1.0, section 5.1.1.3): the token, or
// why there is none. A launch that is to be replayed is posted twice: first into a hidden frame, then where it is seen.
import type { Response } from 'express';
import type { Person } from './demo-course.js';
import type { Demo, PendingLaunch } from './demo.js';
import { issueIdToken } from './issue-id-token.js';
import { storageTarget } from './storage-target.js';

export interface LaunchAnswer {
  demo: Demo;
  res: Response;
  launch: PendingLaunch;
  redirectUri: string;
  state: string | undefined;
}

export async function grantLaunch(
  answer: LaunchAnswer & { person: Person; nonce: string },
): Promise<void> {
  const { demo, res, launch, redirectUri, state } = answer;
  const view = launch.wrong === 'replayed' ? 'continue-twice' : 'continue';
  const id_token = await issueIdToken(answer);
  res.send(
    demo.views.render(view, {
      title: 'Opening Crosswalk',
      action: redirectUri,
      fields: { id_token, state, ...storageTarget(demo, launch) },
    }),
  );
}

export function refuseLaunch(
  answer: LaunchAnswer & { refusal: { error: string; error_description?: string } },
): void {
  const { demo, res, launch, redirectUri, state, refusal } = answer;
  res.send(
    demo.views.render('continue', {
      title: 'Opening Crosswalk',
      action: redirectUri,
      fields: { ...refusal, state, ...storageTarget(demo, launch) },
    }),
  );
}
