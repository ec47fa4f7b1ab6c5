// The table of who may do what (config/who-may-what.json): complete, equal to its page and to the routes, and true over HTTP.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { z } from 'zod';
import { ROLES } from '../../src/lti/roles.js';
import { packageRoot } from '../../src/package-root.js';
import { createSmallFramework } from '../library/small-library.js';
import { codeOf } from '../support/bad-inputs.js';
import { startFakePlatform, type FakePlatform } from '../support/fake-platform.js';
import { keepRecords, type KeptRecords } from '../support/keep-records.js';
import { connectPlatform, type Launched } from '../support/launch-as.js';
import { launchInRole } from '../support/launch-in-role.js';
import { readRouteTable } from '../support/route-table.js';
import { signInAsOperator } from '../support/sign-in-as-operator.js';
import { startApp, type TestApp } from '../support/start-app.js';

const Table = z.object({
  rows: z.array(
    z.object({
      what: z.string(),
      who: z.array(z.enum(['Operator', ...ROLES])),
      request: z.string().startsWith('GET /'),
      routes: z.array(z.string()),
    }),
  ),
});
const { rows } = Table.parse(JSON.parse(readText('config/who-may-what.json')));
const { guarded } = readRouteTable();
const JSON_ONLY = { headers: { accept: 'application/json' } };

describe('who may do what', () => {
  let app: TestApp;
  let platform: FakePlatform;
  let kept: KeptRecords | undefined;
  const by = new Map<(typeof ROLES)[number], Launched>();

  before(async () => {
    app = await startApp();
    platform = await startFakePlatform();
  });
  after(() => Promise.all([app.close(), platform.close()]));
  beforeEach(async () => {
    if (kept) return kept.putBack();
    await openCourse();
    kept = await keepRecords();
  });

  it('is said of every route behind the door, once', () => {
    const behindTheDoor = [...guarded].flatMap(([name, { guard }]) =>
      guard === 'launch' || guard === 'operatorOr' ? [name] : [],
    );

    expect(rows.flatMap(({ routes }) => routes).sort()).to.deep.equal(behindTheDoor.sort());
  });

  it('stands on the page as in the table', () => {
    const lines = readText('docs/who-may-what.md')
      .split('\n')
      .filter((line) => line.startsWith('|'))
      .slice(2)
      .map((line) => line.split('|').map((cell) => cell.trim()));

    expect(lines.map(([, what, who]) => ({ what, who }))).to.deep.equal(
      rows.map(({ what, who }) => ({ what, who: who.join(', ') })),
    );
  });

  for (const { what, who, request, routes } of rows)
    it(`${what}: ${who.join(', ')}`, async () => {
      const roles = who.filter((one) => one !== 'Operator');
      // What is the operator's alone passes the guard of administrators and is refused behind it.
      const declared = roles.length > 0 ? roles : ['Administrator'];
      for (const route of routes) {
        expect(guarded.get(route)?.roles, route).to.have.members(declared);
        expect(guarded.get(route)?.guard === 'operatorOr', route).to.equal(
          who.includes('Operator'),
        );
      }
      const path = request.slice('GET '.length).replace(/:\w+/g, 'unknown');
      const isThere = !request.includes(':');

      for (const [role, { agent, course }] of by) {
        const { status, ...answer } = await agent.get(`${path}?course=${course}`, JSON_ONLY);
        if (roles.includes(role)) expect(status, role).to.equal(isThere ? 200 : 404);
        else
          expect([status, codeOf({ status, ...answer })], role).to.deep.equal([
            403,
            roles.length === 0 && role === 'Administrator'
              ? 'admin.operator-only'
              : 'page.forbidden',
          ]);
      }
      const operator = await signInAsOperator(app);
      expect((await operator.get(path, JSON_ONLY)).status, 'the operator').to.equal(
        who.includes('Operator') ? 200 : 401,
      );
    });

  async function openCourse(): Promise<void> {
    await createSmallFramework();
    await connectPlatform(platform);
    for (const role of ROLES) by.set(role, await launchInRole({ tool: app, platform, role }));
  }
});

function readText(path: string): string {
  return readFileSync(join(packageRoot(), path), 'utf8');
}
