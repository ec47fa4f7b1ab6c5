// Begins a launch: notes under a message hint who opens what through which tool, and draws the page that posts the login to
// the tool. The hint is JSON text, as Moodle's is, so that tools return it untouched.
import type { Request } from 'express';
import type { DemoCourse, Person } from './demo-course.js';
import type { Demo, LaunchSubject, PendingLaunch } from './demo.js';
import type { DemoTool } from './demo-tools.js';
import { randomKey } from './expiring-store.js';
import { findTarget } from './launch-subject.js';
import { storageTarget } from './storage-target.js';
import { UNKNOWN_DEPLOYMENT, type WrongLaunch } from './wrong-launches.js';

interface Beginning {
  demo: Demo;
  req: Request;
  course: DemoCourse;
  person: Person;
  subject: LaunchSubject;
  documentTarget?: 'iframe' | 'window';
  wrong?: WrongLaunch | null;
}

export function beginLaunch(beginning: Beginning): string {
  const { demo } = beginning;
  const { tool, fields } = prepareLogin(beginning);
  return demo.views.render('continue', {
    title: 'Opening Crosswalk',
    action: tool.loginUrl,
    fields,
  });
}

/** The fields of the login, under a hint that counts from now. */
export function prepareLogin(beginning: Beginning): {
  tool: DemoTool;
  fields: Record<string, string>;
} {
  const { demo, req, course, person, subject } = beginning;
  const { documentTarget = 'iframe', wrong = null } = beginning;
  const tool = demo.tools.ofCourse(course.id);
  const launch: PendingLaunch = {
    personId: person.id,
    sessionKey: demo.sessions.keyOf(req),
    courseId: course.id,
    clientId: tool.clientId,
    documentTarget,
    subject,
    wrong,
  };
  const hint = writeHint({ tool, subject });
  demo.launches.put(hint, launch);
  return {
    tool,
    fields: {
      iss: demo.registration.issuer,
      target_link_uri: findTarget({ demo, course, person, tool, subject }),
      login_hint: person.id,
      lti_message_hint: hint,
      client_id: tool.clientId,
      lti_deployment_id: wrong === 'unknown-deployment' ? UNKNOWN_DEPLOYMENT : tool.deploymentId,
      ...storageTarget(demo, launch),
    },
  };
}

function writeHint({ tool, subject }: { tool: DemoTool; subject: LaunchSubject }): string {
  const activity = subject.kind === 'activity' ? subject.activityId : null;
  if (tool.mode === 'standard') return JSON.stringify({ activity, launch: randomKey() });
  return JSON.stringify({ cmid: Number(activity ?? 0), launchid: `ltilaunch_${randomKey()}` });
}
