// The part of JSONPath that xAPI Profiles allow (part two, 8.1): children by dot or bracket, `*`, indices, and unions of
// them in one bracket. No filters, no scripts, no recursion. Written from the specification; shares no code with src/.

type Step = { kind: 'all' } | { kind: 'some'; names: (string | number)[] };

/** Every value the path finds, in order. Throws for a path that is none. */
export function readPath(value: unknown, path: string): unknown[] {
  let found = [value];
  for (const step of parsePath(path)) found = found.flatMap((one) => takeStep(one, step));
  return found;
}

/** Throws for what the specification does not allow. */
export function parsePath(path: string): Step[] {
  let rest = path;
  if (!/^[$@]/.test(rest)) throw new Error(`${path}: does not begin with $`);
  rest = rest.slice(1);
  const steps: Step[] = [];
  while (rest !== '') {
    const dot = /^\.(\*|[A-Za-z_][\w-]*)/.exec(rest);
    const bracket = /^\[((?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[^\]'"])*)\]/.exec(rest);
    const [whole = '', inner = ''] = dot ?? bracket ?? [];
    if (whole === '') throw new Error(`${path}: cannot be read from "${rest}" on`);
    steps.push(dot ? stepOf([inner], path) : stepOf(splitUnion(inner), path));
    rest = rest.slice(whole.length);
  }
  return steps;
}

function splitUnion(inner: string): string[] {
  const parts = inner.match(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[^,]+/g) ?? [];
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

function stepOf(parts: string[], path: string): Step {
  if (parts.length === 0) throw new Error(`${path}: an empty bracket`);
  if (parts.includes('*')) return { kind: 'all' };
  return {
    kind: 'some',
    names: parts.map((part) => {
      if (/^\d+$/.test(part)) return Number(part);
      if (/^(['"]).*\1$/s.test(part)) return part.slice(1, -1).replaceAll(/\\(.)/g, '$1');
      if (/^[A-Za-z_][\w-]*$/.test(part)) return part;
      throw new Error(`${path}: "${part}" is not allowed in a profile`);
    }),
  };
}

function takeStep(value: unknown, step: Step): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  if (step.kind === 'all') return Object.values(value);
  return step.names.flatMap((name) => {
    const isFitting = Array.isArray(value) === (typeof name === 'number');
    return isFitting && Object.hasOwn(value, name)
      ? [(value as Record<string | number, unknown>)[name]]
      : [];
  });
}
