import { expect } from 'chai';
import {
  buildSourceLines,
  readOneLineSources,
  readParagraphSources,
} from '../../src/db/apt-sources.js';

describe('readOneLineSources', () => {
  it('reads addresses, suites and keys, and leaves comments, sources and other components out', () => {
    const sources = readOneLineSources(
      [
        '# deb http://a.example/debian bookworm main',
        'deb-src http://a.example/debian bookworm main',
        'deb [arch=amd64 signed-by=/usr/share/keyrings/a.gpg] http://a.example/debian bookworm main contrib',
        'deb http://b.example/debian bookworm-security main',
        'deb http://c.example/apt stable extra',
      ].join('\n'),
    );

    expect(sources).to.deep.equal([
      { uri: 'http://a.example/debian', suite: 'bookworm', signedBy: '/usr/share/keyrings/a.gpg' },
      { uri: 'http://b.example/debian', suite: 'bookworm-security', signedBy: undefined },
    ]);
  });
});

describe('readParagraphSources', () => {
  it('reads every pair of address and suite, and leaves out what is switched off', () => {
    const sources = readParagraphSources(
      [
        'Types: deb',
        '# a comment between the fields',
        'URIs: http://a.example/debian',
        'Suites: bookworm bookworm-updates',
        'Components: main',
        'Signed-By: /usr/share/keyrings/a.gpg',
        '',
        'Types: deb',
        'Enabled: no',
        'URIs: http://b.example/debian',
        'Suites: bookworm',
        'Components: main',
      ].join('\n'),
    );

    expect(sources).to.deep.equal([
      { uri: 'http://a.example/debian', suite: 'bookworm', signedBy: '/usr/share/keyrings/a.gpg' },
      {
        uri: 'http://a.example/debian',
        suite: 'bookworm-updates',
        signedBy: '/usr/share/keyrings/a.gpg',
      },
    ]);
  });
});

describe('buildSourceLines', () => {
  it("asks the machine's own mirrors for the other suite, and nobody else", () => {
    const lines = buildSourceLines({
      sources: [
        {
          uri: 'http://a.example/debian',
          suite: 'bookworm',
          signedBy: '/usr/share/keyrings/a.gpg',
        },
        {
          uri: 'http://a.example/debian',
          suite: 'bookworm',
          signedBy: '/usr/share/keyrings/a.gpg',
        },
        { uri: 'http://a.example/debian', suite: 'bookworm-updates', signedBy: undefined },
        { uri: 'http://a.example/security', suite: 'bookworm-security', signedBy: undefined },
        { uri: 'http://other.example/apt', suite: 'cloud-bookworm', signedBy: undefined },
      ],
      own: 'bookworm',
      suite: 'trixie',
      architecture: 'amd64',
    });

    expect(lines).to.deep.equal([
      'deb [arch=amd64 signed-by=/usr/share/keyrings/a.gpg] http://a.example/debian trixie main',
      'deb [arch=amd64] http://a.example/security trixie-security main',
    ]);
  });
});
