// One gradebook column of the fake platform that keeps scores as Moodle was seen to (facts: whole seconds compared, 409 for
// an equal or older one, a score that is not final clears the grade, empty bodies) and answers results by pages.
import { sendJson, type FakePlatform } from './fake-platform.js';

interface HeldResult {
  score: number | null;
  maximum: number;
  /** Seconds. */
  stamp: number;
}

export interface FakeGradebook {
  lineItemUrl: string;
  /** Bodies that were taken, in order. */
  taken: Record<string, unknown>[];
  /** Bodies that came, refused ones included. */
  came: Record<string, unknown>[];
  held: Map<string, HeldResult>;
  /** Answers in place of the gradebook; null lets it answer. */
  fault: { status: number; words?: string; headers?: Record<string, string>; body?: string } | null;
  resultReads: number;
  /** Grades by hand. */
  grade(sub: string, score: number | null, maximum?: number): void;
}

/** `name` is the column's part of the address. */
export function openGradebook(
  platform: FakePlatform,
  options: { name?: string; pageSize?: number } = {},
): FakeGradebook {
  const { name = '7', pageSize = 1_000 } = options;
  const path = `/courses/1/lineitems/${name}/lineitem`;
  const book: FakeGradebook = {
    lineItemUrl: `${platform.origin}${path}?type_id=1`,
    taken: [],
    came: [],
    held: new Map(),
    fault: null,
    resultReads: 0,
    grade(sub, score, maximum = 100) {
      book.held.set(sub, { score, maximum, stamp: Math.floor(Date.now() / 1_000) });
    },
  };
  const answerFault = (res: Parameters<typeof sendJson>[0]): boolean => {
    if (!book.fault) return false;
    const { status, words, headers = {}, body = '[]' } = book.fault;
    if (words === undefined) res.writeHead(status, headers).end(body);
    else res.writeHead(status, words, headers).end(body);
    return true;
  };
  platform.respond(`${path}/scores`, ({ body }, res) => {
    // What the tool posts is JSON; anything else fails the test here.
    const score = JSON.parse(body) as Record<string, unknown>;
    book.came.push(score);
    if (answerFault(res)) return;
    const sub = String(score['userId']);
    const stamp = Math.floor(Date.parse(String(score['timestamp'])) / 1_000);
    const before = book.held.get(sub);
    if (before && stamp <= before.stamp) return void res.writeHead(409).end('[]');
    const isFinal = score['gradingProgress'] === 'FullyGraded';
    const given = typeof score['scoreGiven'] === 'number' ? score['scoreGiven'] : null;
    book.held.set(sub, {
      score: isFinal ? given : null,
      maximum: Number(score['scoreMaximum'] ?? 1),
      stamp,
    });
    book.taken.push(score);
    res.writeHead(200).end();
  });
  platform.respond(`${path}/results`, ({ url }, res) => {
    book.resultReads += 1;
    if (answerFault(res)) return;
    const query = new URL(url, platform.origin).searchParams;
    const only = query.get('user_id');
    const from = Number(query.get('from') ?? '0');
    const all = [...book.held].filter(([sub]) => only === null || sub === only);
    const page = all.slice(from, from + pageSize).map(([sub, { score, maximum, stamp }]) => ({
      id: `${book.lineItemUrl}&user_id=${sub}`,
      userId: sub,
      ...(score === null
        ? {}
        : { resultScore: score, resultMaximum: maximum, timestamp: new Date(stamp * 1_000) }),
    }));
    const next = `<${platform.origin}${path}/results?type_id=1&from=${from + pageSize}>; rel="next"`;
    sendJson(res, 200, page, from + pageSize < all.length ? { link: next } : {});
  });
  return book;
}
