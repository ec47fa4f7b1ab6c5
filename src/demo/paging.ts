// Paging of the services: limit and from in the query, and the next page as a Link header
// (RFC 8288), which keeps every other parameter of the request.
import type { Request, Response } from 'express';
import { z } from 'zod';
import { readInput } from './demo-errors.js';

const pageSchema = z.object({
  limit: z.coerce.number().int().min(1).max(1000).optional(),
  from: z.coerce.number().int().min(0).default(0),
});

/** The page that the query asks for; sets the Link header where another one follows. */
export function takePage<T>({
  req,
  res,
  url,
  rows,
}: {
  req: Request;
  res: Response;
  url: string;
  rows: T[];
}): T[] {
  const { limit, from } = readInput(pageSchema, req.query);
  if (limit === undefined) return rows.slice(from);

  const end = from + limit;
  if (end < rows.length) {
    const next = new URL(req.originalUrl, url);
    next.searchParams.set('from', String(end));
    res.set('Link', `<${next.href}>; rel="next"`);
  }
  return rows.slice(from, end);
}
