import { expect } from 'chai';
import '../../src/app.js';
import '../../src/jobs.js';
import { giveGrant, listGrants } from '../../src/lti/grant.model.js';
import { countHeldData } from '../../src/privacy/held-data.js';
import { listAccessesAbout } from '../../src/reports/access-log.model.js';
import { addPerson, connectSchool } from '../privacy/erase-world.js';
import { markDatabase, runCli } from '../support/run-cli.js';

const NOW = new Date();

describe('crosswalk person', function () {
  this.timeout(120_000);

  /** Ana, with a right that an administrator gave her. */
  async function addAna(): Promise<{ deployment: string; user: string }> {
    await markDatabase();
    const place = await connectSchool();
    const { user } = await addPerson({ ...place, sub: 'ana', statements: 1 });
    const { deployment } = place;
    await giveGrant({
      deployment,
      user,
      kind: 'editor',
      object: 'library',
      names: 'hidden',
      until: null,
      by: 'head',
      now: NOW,
    });
    return { deployment, user };
  }
  const about = (deployment: string, id = 'ana') => ['--deployment', deployment, '--id', id];

  it('gives out everything by the platform’s id, one JSON text a line, and notes it', async () => {
    const { deployment, user } = await addAna();

    const { code, out } = await runCli(['person', 'export', ...about(deployment)]);

    const records = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { kind: string; record: Record<string, unknown> });
    const grant = records.find(({ kind }) => kind === 'grants')?.record;
    const looks = await listAccessesAbout({ deployment, user, courses: [], limit: 10 });
    expect(code).to.equal(0);
    expect(records[0]?.record).to.deep.include({ deployment, user });
    expect(records.map(({ kind }) => kind)).to.include.members(['person', 'statement']);
    expect(grant).to.deep.include({ kind: 'editor', object: 'library' });
    expect(looks[0]).to.include({ user: 'operator', action: 'export', subject: 'held' });
  });

  it('says what an erase would take, rights too, and changes nothing', async () => {
    const { deployment, user } = await addAna();
    const before = await countHeldData({ deployment, user });

    const asked = await runCli(['person', 'erase', ...about(deployment), '--json']);
    const read = await runCli(['person', 'erase', ...about(deployment, user)]);

    expect(asked.json()).to.deep.equal({ erased: false, counts: before });
    expect(before).to.include({ grants: 1, memberships: 1 });
    expect(read.out).to.contain('add --confirm to do it').and.contain('grants: 1');
    expect(await countHeldData({ deployment, user })).to.deep.equal(before);
  });

  it('erases on a word, and finds nothing afterwards', async () => {
    const { deployment, user } = await addAna();

    const erased = await runCli(['person', 'erase', ...about(deployment), '--confirm', '--json']);
    const again = await runCli(['person', 'erase', ...about(deployment)]);
    const exported = await runCli(['person', 'export', ...about(deployment)]);

    expect(erased.json()).to.deep.include({ erased: true });
    expect(erased.json()).to.have.nested.property('counts.grants', 1);
    expect(await listGrants({ deployment })).to.deep.equal([]);
    expect(await countHeldData({ deployment, user })).not.to.have.any.keys('grants', 'memberships');
    for (const { code, out, err } of [again, exported]) {
      expect(code).to.equal(1);
      expect(out).to.equal('');
      expect(err).to.contain('knows nothing of');
    }
  });

  it('refuses a deployment that is not there, and names those that are', async () => {
    const { deployment } = await addAna();

    const { code, err } = await runCli(['person', 'export', ...about('elsewhere')]);

    expect(code).to.equal(1);
    expect(err).to.contain('elsewhere').and.contain(deployment);
  });

  it('refuses to begin without saying whom', async () => {
    const { code, err } = await runCli(['person', 'erase', '--deployment', 'd1']);

    expect(code).to.equal(1);
    expect(err).to.contain('--id');
  });
});
