import { expect } from 'chai';
import { z } from 'zod';
import { createAgent } from '../support/browser-agent.js';
import { ALL_SCOPES } from '../support/fake-registration.js';
import { startApp, type TestApp } from '../support/start-app.js';

const Placement = z.object({
  placement: z.string(),
  message_type: z.string(),
  target_link_uri: z.string(),
  icon_url: z.string(),
});
const CanvasConfiguration = z.looseObject({
  scopes: z.array(z.string()),
  custom_fields: z.record(z.string(), z.string()),
  extensions: z
    .array(
      z.looseObject({
        privacy_level: z.string(),
        domain: z.string(),
        settings: z.object({ placements: z.array(z.looseObject(Placement.shape)) }).loose(),
      }),
    )
    .length(1),
});

describe('what platforms read to set us up', () => {
  let tool: TestApp;
  before(async () => {
    tool = await startApp();
  });
  after(() => tool.close());

  const read = async (query = '') => {
    const answer = await createAgent(tool.url).get(`/lti/config/canvas.json${query}`);
    return { answer, configuration: CanvasConfiguration.parse(answer.json()) };
  };

  it('is one JSON configuration for Canvas, with every member that a developer key needs', async () => {
    const { answer, configuration } = await read();

    expect(answer.headers.get('content-type')).to.match(/^application\/json/);
    expect(configuration).to.deep.include({
      title: 'Crosswalk',
      oidc_initiation_url: `${tool.url}/lti/login`,
      target_link_uri: `${tool.url}/frameworks`,
      public_jwk_url: `${tool.url}/lti/keys`,
      scopes: ALL_SCOPES,
    });
    expect(configuration['description']).to.be.a('string').that.is.not.equal('');
    expect(configuration.custom_fields).to.include({
      context_id_history: '$Context.id.history',
      term_name: '$Canvas.term.name',
      section_ids: '$Canvas.course.sectionIds',
      person_sis_id: '$Canvas.user.sisSourceId',
      canvas_account_roles: '$Canvas.membership.roles',
    });
    const [extension] = configuration.extensions;
    expect(extension).to.include({ privacy_level: 'anonymous', domain: new URL(tool.url).host });
    expect(
      extension?.settings.placements.map(
        ({ placement, message_type: type, target_link_uri: target }) => [
          placement,
          type,
          target.replace(tool.url, ''),
        ],
      ),
    ).to.deep.equal([
      ['course_navigation', 'LtiResourceLinkRequest', '/frameworks'],
      ['account_navigation', 'LtiResourceLinkRequest', '/frameworks'],
      ['assignment_selection', 'LtiDeepLinkingRequest', '/deep-linking'],
      ['link_selection', 'LtiDeepLinkingRequest', '/deep-linking'],
      ['editor_button', 'LtiDeepLinkingRequest', '/deep-linking'],
    ]);
  });

  it('asks for names only where the address says so', async () => {
    const { configuration } = await read('?names=yes');

    expect(configuration.extensions[0]?.privacy_level).to.equal('name_only');
  });

  it('names an icon that is there, for pages of other sites too', async () => {
    const { configuration } = await read();
    const address = configuration.extensions[0]?.settings.placements[0]?.icon_url ?? '';

    const icon = await createAgent(tool.url).get(address.replace(tool.url, ''));

    expect(icon.status).to.equal(200);
    expect(icon.headers.get('content-type')).to.match(/^image\/svg\+xml/);
    expect(icon.headers.get('cross-origin-resource-policy')).to.equal('cross-origin');
  });
});
