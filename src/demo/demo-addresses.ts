// The addresses of the demo LMS that travel in claims and service answers. Those of line items
// carry a query, as Moodle's do, so that a tool must put /scores and /results before it.
const TYPE_ID = '1';

export interface CourseAddress {
  url: string;
  courseId: string;
}

export function lineItemsUrl({ url, courseId }: CourseAddress): string {
  return `${url}/services/courses/${courseId}/lineitems?type_id=${TYPE_ID}`;
}

export function lineItemUrl({ url, courseId, id }: CourseAddress & { id: string }): string {
  return `${url}/services/courses/${courseId}/lineitems/${id}/lineitem?type_id=${TYPE_ID}`;
}

export function resultsUrl({ url, courseId, id }: CourseAddress & { id: string }): string {
  return `${url}/services/courses/${courseId}/lineitems/${id}/lineitem/results?type_id=${TYPE_ID}`;
}

export function membershipsUrl({ url, courseId }: CourseAddress): string {
  return `${url}/services/courses/${courseId}/memberships`;
}

export function contentReturnUrl({
  url,
  courseId,
  request,
}: CourseAddress & { request: string }): string {
  return `${url}/courses/${courseId}/content-items?request=${request}`;
}

export function courseReturnUrl({ url, courseId }: CourseAddress): string {
  return `${url}/courses/${courseId}/return`;
}
