// Where a launch may keep data at the platform (LTI postMessage Storage 0.1): said at login and again with the token, as
// Canvas does, and answered by the page that holds the frame. A launch in a window of its own has no such page.
import type { Demo, PendingLaunch } from './demo.js';

export function storageTarget(
  demo: Demo,
  launch: PendingLaunch,
): { lti_storage_target?: '_parent' } {
  const isMoodle = demo.tools.find(launch.clientId)?.mode === 'moodle';
  const isAnswered = demo.hasPlatformStorage && !isMoodle && launch.documentTarget === 'iframe';
  return isAnswered ? { lti_storage_target: '_parent' } : {};
}

/** The script that answers, for pages with the tool's frame. */
export function storageScript(demo: Demo): string | null {
  return demo.hasPlatformStorage ? 'platform-storage.js' : null;
}
