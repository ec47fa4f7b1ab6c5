// A small language for saying what an unknown JSON value must be. Rules collect faults with the path where they lie;
// they allocate nothing for a value without fault, because every incoming statement passes through them. No zod: its
// issues cost ten times as much, and the standard's rules ("exactly one of four") are sentences of their own.

export interface Fault {
  /** Where, for instance `context.contextActivities.parent[0].id`; empty for the value itself. */
  path: string;
  /** What is wrong, as the end of a sentence that begins with the path. */
  message: string;
}

export type Rule = (value: unknown, path: string, faults: Fault[]) => void;

/** After so many faults a value is bad enough. */
const MOST_FAULTS = 20;

/** An object that is none of JSON's arrays and null. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function addFault(faults: Fault[], path: string, message: string): void {
  if (faults.length < MOST_FAULTS) faults.push({ path, message });
}

/** A string for which `accepts` holds; `what` ends "is not …". */
export function text(accepts: (value: string) => boolean, what: string): Rule {
  return (value, path, faults) => {
    if (typeof value !== 'string' || !accepts(value)) addFault(faults, path, `is not ${what}`);
  };
}

export const anyText: Rule = (value, path, faults) => {
  if (typeof value !== 'string') addFault(faults, path, 'is not a string');
};

export const yesOrNo: Rule = (value, path, faults) => {
  if (typeof value !== 'boolean') addFault(faults, path, 'is not true or false');
};

export const anyNumber: Rule = (value, path, faults) => {
  if (typeof value !== 'number' || !Number.isFinite(value))
    addFault(faults, path, 'is not a number');
};

export const wholeNumber: Rule = (value, path, faults) => {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0)
    addFault(faults, path, 'is not a whole number of 0 or more');
};

/** One of the given words, in this spelling. */
export function oneOf(...words: string[]): Rule {
  const known = new Set<unknown>(words);
  return (value, path, faults) => {
    if (!known.has(value)) addFault(faults, path, `is not ${words.join(' or ')}`);
  };
}

/** An array whose every element keeps the rule. */
export function listOf(rule: Rule): Rule {
  return (value, path, faults) => {
    if (!Array.isArray(value)) return addFault(faults, path, 'is not an array');
    const list: unknown[] = value;
    for (let index = 0; index < list.length; index += 1)
      rule(list[index], `${path}[${index}]`, faults);
  };
}

/** An object with these keys only, in this very spelling; all of `required` are there. */
export function shape(fields: Record<string, Rule>, required: readonly string[] = []): Rule {
  const rules = new Map(Object.entries(fields));
  return (value, path, faults) => {
    if (!isRecord(value)) return addFault(faults, path, 'is not an object');
    for (const key of required)
      if (!Object.hasOwn(value, key)) addFault(faults, join(path, key), 'is missing');
    for (const key of Object.keys(value)) {
      const rule = rules.get(key);
      if (rule) rule(value[key], join(path, key), faults);
      else addFault(faults, join(path, key), 'is not a property of the standard');
    }
  };
}

/** An object used as a map: every key keeps one rule and every value another. */
export function mapOf(accepts: (key: string) => boolean, what: string, rule: Rule): Rule {
  return (value, path, faults) => {
    if (!isRecord(value)) return addFault(faults, path, 'is not an object');
    for (const key of Object.keys(value)) {
      if (!accepts(key)) addFault(faults, join(path, key), `has a key that is not ${what}`);
      rule(value[key], join(path, key), faults);
    }
  };
}

/** All rules, in turn. */
export function allOf(...rules: Rule[]): Rule {
  return (value, path, faults) => {
    for (const rule of rules) rule(value, path, faults);
  };
}

/** A rule between several keys of an object; values that are no objects are some other rule's fault. */
export function among(
  check: (value: Record<string, unknown>, report: (key: string, message: string) => void) => void,
): Rule {
  return (value, path, faults) => {
    if (!isRecord(value)) return;
    check(value, (key, message) => addFault(faults, key === '' ? path : join(path, key), message));
  };
}

/** Any JSON value: what extensions hold (the only place where null may stand). */
export const anything: Rule = () => undefined;

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}
