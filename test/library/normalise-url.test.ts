import { expect } from 'chai';
import { normaliseUrl, readResourceUrl } from '../../src/library/normalise-url.js';

describe('readResourceUrl', () => {
  const refused = [
    { typed: '', fault: 'url-missing' },
    { typed: '   ', fault: 'url-missing' },
    { typed: 'javascript:alert(1)', fault: 'url-scheme' },
    { typed: ' JaVaScRiPt:alert(1)', fault: 'url-scheme' },
    { typed: 'data:text/html,<script>alert(1)</script>', fault: 'url-scheme' },
    { typed: 'file:///etc/passwd', fault: 'url-scheme' },
    { typed: 'vbscript:x', fault: 'url-scheme' },
    { typed: 'ftp://example.org/a', fault: 'url-scheme' },
    { typed: 'java\tscript:alert(1)', fault: 'url-malformed' },
    { typed: '//example.org/a', fault: 'url-malformed' },
    { typed: 'www.example.org', fault: 'url-malformed' },
    { typed: 'http:example.org', fault: 'url-malformed' },
    { typed: 'https://', fault: 'url-malformed' },
    { typed: 'https://nohost', fault: 'url-malformed' },
    { typed: 'https://user:secret@example.org/', fault: 'url-credentials' },
    { typed: `https://example.org/${'a'.repeat(2000)}`, fault: 'url-too-long' },
  ];
  for (const { typed, fault } of refused) {
    it(`refuses ${JSON.stringify(typed.slice(0, 40))} as ${fault}`, () => {
      expect(readResourceUrl(typed)).to.deep.equal({ fault });
    });
  }

  it('takes http and https addresses as the browser writes them', () => {
    expect(readResourceUrl(' HTTPS://Example.org/A b ')).to.deep.equal({
      url: 'https://example.org/A%20b',
    });
  });
});

describe('normaliseUrl', () => {
  it('takes spellings of one address for the same', () => {
    const same = [
      'https://www.example.org/a/?b=2&a=1',
      'http://example.org/a?a=1&b=2',
      'https://EXAMPLE.org:443/a?a=1&b=2#part',
      'https://example.org/a/?a=1&utm_source=x&b=2&fbclid=7',
    ].map(normaliseUrl);

    expect(new Set(same)).to.have.length(1);
  });

  it('keeps different pages apart', () => {
    const different = [
      'https://example.org/a',
      'https://example.org/A',
      'https://example.org/a?x=1',
      'https://example.org:8080/a',
      'https://example.org/#/a',
      'https://example.org/#/b',
    ].map(normaliseUrl);

    expect(new Set(different)).to.have.length(different.length);
  });
});
