// What we ask of a platform (LTI Dynamic Registration 1.0, section 3.5), pure: the least that works, and of scopes, messages,
// placements and custom parameters only what the platform says it offers. The same wishes make Canvas's JSON configuration.
import type { PlatformConfiguration } from './openid-configuration.js';
import type { PlatformFamily } from './platform-families.js';
import { RESOURCE_LINK_REQUEST, SCOPE, TOOL_CONFIGURATION } from './vocabulary.js';

const NAME_CLAIMS = ['name', 'given_name', 'family_name'];

/** Our name and what we say of ourselves, from the catalogue. */
export interface ToolWords {
  name: string;
  description: string;
}

export interface AskedMessage {
  type: string;
  target: string;
  placements: string[];
  members: Record<string, string | boolean>;
}

export interface Asked {
  scopes: string[];
  claims: string[];
  messages: AskedMessage[];
  /** Name to variable, with its `$`. */
  customParameters: Record<string, string>;
}

/** `configuration` is null where the platform says nothing of itself, as with a configuration to paste. */
export function chooseWishes(options: {
  family: PlatformFamily;
  configuration: Pick<PlatformConfiguration, 'scopes' | 'messages' | 'variables'> | null;
  shareNames: boolean;
}): Asked {
  const { family, configuration, shareNames } = options;
  const offered = configuration?.scopes ?? [];
  const variables = configuration?.variables ?? null;
  const scopes = Object.values(SCOPE);
  return {
    scopes: offered.length === 0 ? scopes : scopes.filter((scope) => offered.includes(scope)),
    claims: ['iss', 'sub', ...(shareNames ? NAME_CLAIMS : [])],
    messages: chooseMessages(family, configuration?.messages ?? []),
    customParameters: Object.fromEntries(
      family.customParameters
        .filter(({ variable }) => variables === null || variables.includes(variable))
        .map(({ name, variable }) => [name, `$${variable}`]),
    ),
  };
}

/** The body of the registration. */
export function buildRegistration(options: {
  asked: Asked;
  family: PlatformFamily;
  url: string;
  shareNames: boolean;
  words: ToolWords;
}): Record<string, unknown> {
  const { asked, family, url, shareNames, words } = options;
  const { privacy } = family;
  return {
    application_type: 'web',
    response_types: ['id_token'],
    grant_types: ['implicit', 'client_credentials'],
    initiate_login_uri: `${url}/lti/login`,
    redirect_uris: [`${url}/lti/launch`],
    client_name: words.name,
    client_uri: url,
    logo_uri: `${url}/lti/icon.svg`,
    jwks_uri: `${url}/lti/keys`,
    token_endpoint_auth_method: 'private_key_jwt',
    scope: asked.scopes.join(' '),
    [TOOL_CONFIGURATION]: {
      // Moodle refuses a domain that is not the host, with its port, of the target.
      domain: new URL(url).host,
      target_link_uri: `${url}/frameworks`,
      description: words.description,
      custom_parameters: asked.customParameters,
      claims: asked.claims,
      messages: asked.messages.map((message) => ({
        type: message.type,
        target_link_uri: `${url}${message.target}`,
        label: words.name,
        icon_uri: `${url}/lti/icon.svg`,
        ...(message.placements.length === 0 ? {} : { placements: message.placements }),
        ...message.members,
      })),
      ...family.toolMembers,
      ...(privacy === null
        ? {}
        : { [privacy.member]: shareNames ? privacy.withNames : privacy.withoutNames }),
    },
  };
}

/** Opening a link is what we are for, so that is asked everywhere; the rest where it is listed, or where nothing is. */
function chooseMessages(
  family: PlatformFamily,
  listed: PlatformConfiguration['messages'],
): AskedMessage[] {
  return family.messages.flatMap(({ type, target, placements, members, onlyWhereListed }) => {
    const offered = listed.filter((one) => one.type === type);
    const isWanted =
      type === RESOURCE_LINK_REQUEST ||
      offered.length > 0 ||
      (listed.length === 0 && !onlyWhereListed);
    if (!isWanted) return [];
    const known = offered.flatMap((one) => one.placements);
    const asked = known.length === 0 ? placements : placements.filter((one) => known.includes(one));
    return [{ type, target, placements: asked, members }];
  });
}
