import { expect } from 'chai';
import { findSecretFingerprint } from '../../src/db/schema-version.js';
import { secretFingerprint } from '../../src/secrets.js';
import { markDatabase, runCli } from '../support/run-cli.js';

const NEW_SECRET = 'the next secret of the command line tests, long enough';
const OLD_SECRET = 'a secret of the command line tests, long enough';

describe('keys and secret on the command line', function () {
  this.timeout(90_000);
  beforeEach(markDatabase);

  it('shows the key that signs, offers the next one, and withdraws all in an emergency', async () => {
    const listed = await runCli(['key', 'list', '--json']);
    const rotated = await runCli(['key', 'rotate']);
    const replaced = await runCli(['key', 'rotate', '--now', '--json']);

    expect(listed.json()).to.have.length(1);
    expect(listed.json()).to.have.nested.property('[0].state', 'active');
    expect(listed.json()).to.have.nested.property('[0].change.what', 'followed');
    expect(rotated.out).to.include('48 hours after it was made');
    expect(replaced.json()).to.include({ withdrawn: 2 });
  });

  it('changes the secret, after saying how to a start that has the new one alone', async () => {
    const both = { CROSSWALK_SECRET: NEW_SECRET, CROSSWALK_SECRET_PREVIOUS: OLD_SECRET };
    await runCli(['key', 'list']);

    const alone = await runCli(['key', 'list'], { environment: { CROSSWALK_SECRET: NEW_SECRET } });
    const rotated = await runCli(['secret', 'rotate', '--json'], { environment: both });

    expect(alone.code).to.equal(1);
    expect(alone.err).to.include('CROSSWALK_SECRET_PREVIOUS');
    expect(rotated.json()).to.deep.equal({ sealed: { toolKeys: 1 }, already: 0 });
    expect(await findSecretFingerprint()).to.equal(secretFingerprint(NEW_SECRET));
  });
});
