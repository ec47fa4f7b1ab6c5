// What a registration granted, beside what was asked and beside what an earlier one of the same platform had (pure).
import type { PlatformRegistration } from './platform.model.js';
import type { RegistrationAnswer } from './registration-answer.js';
import type { Asked } from './registration-request.js';
import { RESOURCE_LINK_REQUEST } from './vocabulary.js';

export const GRANTED = ['scopes', 'customParameters', 'messages'] as const;
export type Granted = Record<(typeof GRANTED)[number], string[]>;

export interface Change {
  what: (typeof GRANTED)[number];
  added: string[];
  removed: string[];
}

/** Where an answer does not say, what was asked stands. An empty scope is an answer: nothing. */
export function readGranted(asked: Asked, answer: RegistrationAnswer): Granted {
  return {
    scopes: answer.scopes ?? asked.scopes,
    customParameters: answer.customParameters ?? Object.keys(asked.customParameters),
    messages: listGrantedMessages(asked, answer),
  };
}

/** Moodle echoes only what has settings of its own; opening a link is there with every registration. */
function listGrantedMessages(asked: Asked, { messages }: RegistrationAnswer): string[] {
  const types = asked.messages.map(({ type }) => type);
  return messages === null
    ? types
    : types.filter((type) => type === RESOURCE_LINK_REQUEST || messages.includes(type));
}

export function askedNames(asked: Asked): Granted {
  return {
    scopes: asked.scopes,
    customParameters: Object.keys(asked.customParameters),
    messages: asked.messages.map(({ type }) => type),
  };
}

/** Empty where nothing differs, and where there was no registration before. */
export function listChanges(before: PlatformRegistration | null, after: Granted): Change[] {
  if (before === null) return [];
  return GRANTED.map((what) => ({
    what,
    added: after[what].filter((one) => !before[what].includes(one)),
    removed: before[what].filter((one) => !after[what].includes(one)),
  })).filter(({ added, removed }) => added.length + removed.length > 0);
}
