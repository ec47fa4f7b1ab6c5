// What a person wrote into a form, without what the page itself put there. Pure.

/** Fields that carry pages' own facts: never a person's words. */
const OWN_FIELDS = ['launch', 'course', 'back', 'as', 'state', 'mark', 'markedIn', 'attempt'];
const MOST_CHARACTERS = 10_000;

/** The texts of a posted body, by field; empty where there are none. */
export function readTyped(body: unknown): Record<string, string> {
  if (typeof body !== 'object' || body === null) return {};
  const typed: Record<string, string> = {};
  for (const [name, text] of Object.entries(body)) {
    if (name.startsWith('_') || OWN_FIELDS.includes(name)) continue;
    if (typeof text === 'string' && text.trim() !== '')
      typed[name] = text.slice(0, MOST_CHARACTERS);
  }
  return typed;
}
