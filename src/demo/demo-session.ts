// Who is signed in at the demo LMS: a cookie that names the person, signed, SameSite=Lax as LMSs
// over plain http have it. There is no password: anyone who reaches the demo may be anyone in it.
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Request, Response } from 'express';
import { findPerson, type DemoCourse, type Person } from './demo-course.js';
import { DemoError } from './demo-errors.js';

const LIFETIME_MS = 12 * 60 * 60 * 1000;

export interface DemoSessions {
  start(res: Response, person: Person): void;
  end(res: Response): void;
  find(req: Request): Person | null;
  /** Tells this sign-in from every other; empty where nobody is signed in. */
  keyOf(req: Request): string;
  /** The signed-in person, else 401. */
  require(req: Request): Person;
}

export function createDemoSessions({
  url,
  courses,
  secret,
  now,
}: {
  url: string;
  courses: readonly DemoCourse[];
  secret: Buffer;
  now: () => Date;
}): DemoSessions {
  const address = new URL(url);
  // Cookies know no ports: two demo platforms on one machine need two names.
  const name = `demo_lms_${address.port || 'default'}`;
  const options = {
    httpOnly: true,
    sameSite: 'lax',
    secure: address.protocol === 'https:',
    path: '/',
  } as const;

  const macOf = (text: string) => createHmac('sha256', secret).update(text).digest('base64url');

  const find = (req: Request): Person | null => {
    const [id, expires, mac] = (readCookie(req, name) ?? '').split('.');
    if (!id || !expires || !mac || !isSame(mac, macOf(`${id}.${expires}`))) return null;
    return Number(expires) > now().getTime() ? findPerson(courses, id) : null;
  };

  return {
    start(res, person) {
      const text = `${person.id}.${now().getTime() + LIFETIME_MS}`;
      res.cookie(name, `${text}.${macOf(text)}`, { ...options, maxAge: LIFETIME_MS });
    },
    end(res) {
      res.clearCookie(name, options);
    },
    find,
    keyOf: (req) => (find(req) ? ((readCookie(req, name) ?? '').split('.')[2] ?? '') : ''),
    require(req) {
      const person = find(req);
      if (person) return person;
      throw new DemoError({
        status: 401,
        code: 'login_required',
        message: 'Nobody is signed in to the demo LMS in this browser.',
      });
    },
  };
}

function readCookie(req: Request, name: string): string | null {
  const pairs = (req.get('cookie') ?? '').split(/;\s*/);
  const pair = pairs.find((candidate) => candidate.startsWith(`${name}=`));
  return pair ? pair.slice(name.length + 1) : null;
}

function isSame(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}
