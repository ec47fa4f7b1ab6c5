// What pages show of resources that did not work for somebody (pure): the reasons in words, and until when they were looked at.
import type { Words } from '../http/catalogue.js';
import type { ReportedResource } from './resource-report.model.js';

export function describeReported(reported: readonly ReportedResource[], words: Words) {
  return reported.map((one) => ({
    ...one,
    href: `/resources/${one.resource}`,
    upTo: one.lastAt.toISOString(),
    reports: one.reports.map((report) => ({
      ...report,
      reason: words(`student:report.reasons.${report.reason}`),
    })),
  }));
}
