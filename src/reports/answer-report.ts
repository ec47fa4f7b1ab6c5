// Answers with one table in the form that was asked for, after noting the look or export in the access log.
import type { Request, Response } from 'express';
import { renderPage, type PageOptions } from '../http/views.js';
import type { AccessLogEntry } from './access-log.model.js';
import type { CsvColumn } from '../tables/write-csv.js';
import { sendCsv, sendJson } from './report-format.js';
import { noteAccess, type ReportRequest } from './report-request.js';

export interface ReportAnswer<Row> {
  request: ReportRequest;
  subject: AccessLogEntry['subject'];
  subjectId?: string;
  /** Whose record it is, where that is not the subject. */
  person?: string;
  asOf: Date;
  /** Part of the file's name. */
  name: string;
  columns: CsvColumn<Row>[];
  rows: Iterable<Row> | AsyncIterable<Row>;
  json: Record<string, unknown>;
  page: Pick<PageOptions, 'view' | 'title' | 'scripts'> & { data: Record<string, unknown> };
}

/** What cannot be noted is not sent. */
export async function answerReport<Row>(
  req: Request,
  res: Response,
  answer: ReportAnswer<Row>,
): Promise<void> {
  const { request, subject, subjectId, person, asOf, name, columns, rows, json, page } = answer;
  const about = {
    ...(subjectId !== undefined && { subjectId }),
    ...(person !== undefined && { person }),
  };
  await noteAccess({ report: request, subject, ...about, now: asOf });
  if (request.format === 'csv') return sendCsv(req, res, { name, columns, rows, asOf });
  if (request.format === 'json') return sendJson(req, res, { name, json, asOf });
  const { framework } = request.reported;
  const isPrivate = request.names === 'hidden';
  renderPage(req, res, { ...page, data: { framework, isPrivate, asOf, ...page.data } });
}
