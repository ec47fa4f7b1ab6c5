import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { ConfigError, listSettings, readConfig } from '../src/config.js';
import { packageRoot } from '../src/package-root.js';

describe('readConfig', () => {
  it('needs nothing outside production: makes a secret readable by its owner alone and keeps it', () => {
    const data = newFolder();

    const first = readConfig({ CROSSWALK_DATA: data });
    const second = readConfig({ CROSSWALK_DATA: data });

    expect(first.secret).to.have.length.greaterThan(32);
    expect(second.secret).to.equal(first.secret);
    expect(statSync(join(data, 'secret')).mode & 0o777).to.equal(0o600);
    expect(first).to.include({
      url: 'http://localhost:3000',
      demo: true,
      demoPort: 3001,
      production: false,
      mongodbUri: null,
    });
  });

  it('names every problem at once, in one message', () => {
    const error = readFault({
      PORT: '70000',
      MONGODB_URI: 'postgres://here',
      CROSSWALK_CACHE_MB: 'much',
      CROSSWALK_DEMMO: 'on',
      CROSSWALK_DEMO: 'perhaps',
      CROSSWALK_DATA: newFolder(),
    });

    expect(error.problems).to.have.length(5);
    for (const name of [
      'PORT',
      'MONGODB_URI',
      'CROSSWALK_CACHE_MB',
      'CROSSWALK_DEMMO',
      'CROSSWALK_DEMO',
    ])
      expect(error.message).to.contain(name);
  });

  it('demands a public address and a secret in production, and keeps the demo LMS off', () => {
    const data = newFolder();

    const missing = readFault({ NODE_ENV: 'production', CROSSWALK_DATA: data });
    const insecure = readFault({
      NODE_ENV: 'production',
      CROSSWALK_DATA: data,
      CROSSWALK_URL: 'http://tool.example.edu',
      CROSSWALK_SECRET: 's'.repeat(32),
    });
    const complete = readConfig({
      NODE_ENV: 'production',
      CROSSWALK_DATA: data,
      CROSSWALK_URL: 'https://tool.example.edu/',
      CROSSWALK_SECRET: 's'.repeat(32),
      CROSSWALK_DEMO: 'on',
    });

    expect(missing.message)
      .to.contain('CROSSWALK_URL is missing')
      .and.to.contain('CROSSWALK_SECRET is missing');
    expect(insecure.message).to.contain('needs https');
    expect(complete).to.include({ url: 'https://tool.example.edu', demo: false });
  });

  it('reads the secret from a file, and refuses a short, missing or doubled one', () => {
    const data = newFolder();
    writeFileSync(join(data, 'good'), `${'k'.repeat(40)}\n`);
    writeFileSync(join(data, 'short'), 'abc');

    expect(
      readConfig({ CROSSWALK_DATA: data, CROSSWALK_SECRET_FILE: join(data, 'good') }).secret,
    ).to.equal('k'.repeat(40));
    expect(
      readFault({ CROSSWALK_DATA: data, CROSSWALK_SECRET_FILE: join(data, 'short') }).message,
    ).to.contain('fewer than 32');
    expect(
      readFault({ CROSSWALK_DATA: data, CROSSWALK_SECRET_FILE: join(data, 'none') }).message,
    ).to.contain('cannot be read');
    expect(
      readFault({
        CROSSWALK_DATA: data,
        CROSSWALK_SECRET_FILE: join(data, 'good'),
        CROSSWALK_SECRET: 'x'.repeat(32),
      }).message,
    ).to.contain('keep one');
  });

  it('reads secrets used before from a list, which may be one with a comma, and from a file', () => {
    const data = newFolder();
    writeFileSync(join(data, 'old'), 'the secret of the file\n');
    const read = (settings: Record<string, string>) =>
      readConfig({ CROSSWALK_DATA: data, ...settings }).previousSecrets;

    expect(read({})).to.deep.equal([]);
    expect(read({ CROSSWALK_SECRET_PREVIOUS: 'one, two' })).to.deep.equal([
      'one',
      'two',
      'one, two',
    ]);
    expect(
      read({
        CROSSWALK_SECRET_PREVIOUS: 'one',
        CROSSWALK_SECRET_PREVIOUS_FILE: join(data, 'old'),
      }),
    ).to.deep.equal(['one', 'the secret of the file']);
    expect(
      readFault({
        CROSSWALK_DATA: data,
        CROSSWALK_SECRET_PREVIOUS_FILE: join(data, 'none'),
      }).message,
    ).to.contain('cannot be read');
  });

  it('refuses keys that would be followed before they were offered long enough', () => {
    const data = newFolder();
    const settings = { CROSSWALK_DATA: data, CROSSWALK_KEY_DAYS: '4' };

    expect(readFault({ ...settings, CROSSWALK_KEY_OVERLAP_H: '48' }).message).to.contain(
      'shorter than half',
    );
    expect(readConfig({ ...settings, CROSSWALK_KEY_OVERLAP_H: '47' }).keyAges).to.deep.equal({
      periodMs: 4 * 86_400_000,
      overlapMs: 47 * 3_600_000,
    });
  });

  it('says which data folder cannot be written, and what to do', () => {
    const data = newFolder();
    writeFileSync(join(data, 'file'), 'not a folder');

    const error = readFault({ CROSSWALK_DATA: join(data, 'file', 'below') });

    expect(error.message).to.contain('cannot be written').and.to.contain('CROSSWALK_DATA');
  });

  it('takes private hosts as host:port or host:* and trusted proxies as a number or addresses', () => {
    const data = newFolder();

    const config = readConfig({
      CROSSWALK_DATA: data,
      CROSSWALK_PRIVATE_HOSTS: 'lms.local:8443, lrs.local:*',
      CROSSWALK_TRUST_PROXY: '10.0.0.1, 10.0.0.2',
    });

    expect(config.privateHosts).to.deep.equal(['lms.local:8443', 'lrs.local:*']);
    expect(config.trustProxy).to.deep.equal(['10.0.0.1', '10.0.0.2']);
    expect(readConfig({ CROSSWALK_DATA: data, CROSSWALK_TRUST_PROXY: '2' }).trustProxy).to.equal(2);
    expect(
      readFault({ CROSSWALK_DATA: data, CROSSWALK_PRIVATE_HOSTS: 'https://lms.local' }).message,
    ).to.contain('host:port');
  });
});

describe('docs/configuration.md', () => {
  it('has a row for every setting with its default and its sentence, and no other', () => {
    const text = readFileSync(join(packageRoot(), 'docs', 'configuration.md'), 'utf8');
    const documented = [...text.matchAll(/^\| `([A-Z_]+)`\s*\|/gm)].map((match) => match[1]);

    expect(documented).to.deep.equal(listSettings().map((setting) => setting.name));
    for (const setting of listSettings()) expect(text, setting.name).to.contain(setting.about);
  });
});

function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'crosswalk-config-'));
}

function readFault(environment: NodeJS.ProcessEnv): ConfigError {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('the settings were accepted');
}
