// The addresses of the demo LMS that travel in claims and service answers. Those of line items carry a query, as Moodle's
// do, so that a tool must put /scores and /results before it. A tool that is told it speaks to Moodle gets Moodle's paths.
export type DemoMode = 'standard' | 'moodle';

/** A course as one tool sees it. */
export interface CourseAddress {
  url: string;
  courseId: string;
  /** The number of the tool on this platform; its deployment id too. */
  typeId: string;
  mode: DemoMode;
}

/** Where each kind of platform has its services. */
export const SERVICE_PATHS = {
  standard: '/services/courses/:course',
  moodle: '/mod/lti/services.php/:course',
} as const;

export function lineItemsUrl(address: CourseAddress): string {
  return `${servicesUrl(address)}/lineitems?type_id=${address.typeId}`;
}

export function lineItemUrl(address: CourseAddress & { id: string }): string {
  return `${servicesUrl(address)}/lineitems/${address.id}/lineitem?type_id=${address.typeId}`;
}

export function resultsUrl(address: CourseAddress & { id: string }): string {
  return `${servicesUrl(address)}/lineitems/${address.id}/lineitem/results?type_id=${address.typeId}`;
}

export function membershipsUrl(address: CourseAddress): string {
  const { url, courseId, typeId, mode } = address;
  if (mode === 'standard') return `${servicesUrl(address)}/memberships`;
  return `${url}/mod/lti/services.php/CourseSection/${courseId}/bindings/${typeId}/memberships`;
}

export function contentReturnUrl({
  url,
  courseId,
  request,
}: {
  url: string;
  courseId: string;
  request: string;
}): string {
  return `${url}/courses/${courseId}/content-items?request=${request}`;
}

export function courseReturnUrl({ url, courseId }: { url: string; courseId: string }): string {
  return `${url}/courses/${courseId}/return`;
}

/** What a tool has to know to be connected to this platform. */
export function endpointsOf({ url, mode }: { url: string; mode: DemoMode }) {
  const base = mode === 'moodle' ? `${url}/mod/lti` : `${url}/lti`;
  const names =
    mode === 'moodle'
      ? [
          'auth.php',
          'token.php',
          'certs.php',
          'openid-configuration.php',
          'openid-registration.php',
        ]
      : ['authorize', 'token', 'jwks', 'openid-configuration', 'register'];
  const [authorization = '', token = '', jwks = '', configuration = '', registration = ''] = names;
  return {
    authorizationEndpoint: `${base}/${authorization}`,
    tokenEndpoint: `${base}/${token}`,
    jwksUri: `${base}/${jwks}`,
    configuration: `${base}/${configuration}`,
    registrationEndpoint: `${base}/${registration}`,
  };
}

function servicesUrl({ url, courseId, mode }: CourseAddress): string {
  return `${url}${SERVICE_PATHS[mode].replace(':course', courseId)}`;
}
