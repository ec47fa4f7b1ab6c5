// Canvas's JSON configuration of an LTI 1.3 developer key (pure), for administrators who paste an address instead of
// registering dynamically. Asks for the same as a registration would.
import { getFamily } from './platform-families.js';
import { chooseWishes, type ToolWords } from './registration-request.js';

/** Entries of Canvas's own menus; the others open a dialog, which has a size. */
const NAVIGATION: Record<string, object> = {
  course_navigation: { default: 'enabled', visibility: 'members' },
  account_navigation: {},
};

export function buildCanvasConfiguration(options: {
  url: string;
  shareNames: boolean;
  words: ToolWords;
}): Record<string, unknown> {
  const { url, shareNames, words } = options;
  const family = getFamily('canvas');
  const asked = chooseWishes({ family, configuration: null, shareNames });
  const icon = `${url}/lti/icon.svg`;
  const placements = asked.messages.flatMap((message) =>
    message.placements.map((placement) => ({
      placement,
      message_type: message.type,
      target_link_uri: `${url}${message.target}`,
      text: words.name,
      icon_url: icon,
      enabled: true,
      ...(NAVIGATION[placement] ?? { selection_width: 800, selection_height: 700 }),
    })),
  );
  return {
    title: words.name,
    description: words.description,
    oidc_initiation_url: `${url}/lti/login`,
    target_link_uri: `${url}/frameworks`,
    public_jwk_url: `${url}/lti/keys`,
    scopes: asked.scopes,
    custom_fields: asked.customParameters,
    extensions: [
      {
        platform: 'canvas.instructure.com',
        domain: new URL(url).host,
        tool_id: 'crosswalk',
        privacy_level: shareNames ? family.privacy?.withNames : family.privacy?.withoutNames,
        settings: { text: words.name, icon_url: icon, placements },
      },
    ],
  };
}
