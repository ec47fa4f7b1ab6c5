import { expect } from 'chai';
import {
  ACTIVITY_TYPES,
  EXTENSIONS,
  PROFILE_VERSION_IRI,
  VERBS,
} from '../../src/xapi/vocabulary.js';
import { listProfiles } from '../../src/xapi/profile-document.js';
import { startApp, type TestApp } from '../support/start-app.js';

const HTML = 'text/html,application/xhtml+xml,*/*;q=0.8';
/** Read in statements of others, never said by us. */
const NOT_OURS = [VERBS.answered];

describe('/xapi-profile', () => {
  let app: TestApp;
  before(async () => {
    app = await startApp();
  });
  after(() => app.close());

  const ask = (path: string, headers: Record<string, string> = {}) =>
    fetch(`${app.url}${path}`, { headers });

  for (const accept of ['application/ld+json', 'application/json', '*/*'])
    it(`is JSON-LD for who accepts ${accept}, of any origin`, async () => {
      const answer = await ask('/xapi-profile', { accept });

      expect(answer.status).to.equal(200);
      expect(answer.headers.get('content-type')).to.match(/^application\/ld\+json/);
      expect(answer.headers.get('access-control-allow-origin')).to.equal('*');
      expect(answer.headers.get('vary')).to.include('Accept');
      expect(answer.headers.get('set-cookie')).to.equal(null);
      expect(await answer.json()).to.deep.include({
        '@context': 'https://w3id.org/xapi/profiles/context',
        type: 'Profile',
      });
    });

  it('is kept by caches, and not sent again to who has it', async () => {
    const first = await ask('/xapi-profile/v1.jsonld');
    const etag = first.headers.get('etag') ?? '';
    const again = await ask('/xapi-profile/v1.jsonld', {
      'if-none-match': etag,
      'cache-control': 'max-age=0',
    });

    expect(first.headers.get('cache-control')).to.match(/^public, max-age=\d+$/);
    expect(etag).to.not.equal('');
    expect(again.status).to.equal(304);
  });

  it('is a page for people, in their language, with its templates', async () => {
    const english = await (await ask('/xapi-profile', { accept: HTML })).text();
    const spanish = await ask('/xapi-profile/v1', { accept: HTML, 'accept-language': 'es' });

    expect(english).to.include('<h1>Crosswalk: competency evidence</h1>');
    expect(english).to.include('id="passed"').and.to.include('$.result.score.scaled');
    expect(english).to.include('/xapi-profile/v1.jsonld').and.to.include(PROFILE_VERSION_IRI);
    expect(await spanish.text())
      .to.include('Plantillas de declaraciones')
      .and.to.include('aprobó');
  });

  for (const path of ['v0', 'v1.json', '..%2fpackage', 'v1.jsonld.jsonld', 'x'.repeat(39)])
    it(`has no version ${path}`, async () => {
      expect((await ask(`/xapi-profile/${path}`)).status).to.equal(404);
    });

  it('names every word that our statements use', () => {
    const [newest] = listProfiles();
    const named = new Set(newest?.document.concepts.map(({ id }) => id));
    const used: string[] = [VERBS, ACTIVITY_TYPES, EXTENSIONS].flatMap((words) =>
      Object.values(words),
    );

    expect(newest?.document.versions.at(-1)?.id).to.equal(PROFILE_VERSION_IRI);
    expect(used.filter((iri) => !named.has(iri))).to.deep.equal(NOT_OURS);
    expect([...named].filter((iri) => !used.includes(iri))).to.deep.equal([]);
  });
});
