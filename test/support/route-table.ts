// The routes of the running tool, read from express itself, and the declared access of each (config/routes.json).
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Express } from 'express';
import { z } from 'zod';
import { packageRoot } from '../../src/package-root.js';
import { ROLES, type Role } from '../../src/lti/roles.js';

/** Sections of the table whose routes need a session. */
const GUARDS = ['launch', 'launchOfAnybody', 'launchOrPass', 'deepLinking', 'operatorOr'] as const;

const Declared = z.record(z.string(), z.string());
const RouteTable = z.object({
  roles: z.record(z.string(), z.array(z.enum(ROLES))),
  open: Declared,
  launch: Declared,
  launchOfAnybody: Declared,
  launchOrPass: Declared,
  deepLinking: Declared,
  operatorOr: Declared,
  passing: z.array(z.string()),
});

export interface Route {
  /** `GET /reports`: a route of several addresses goes by its shortest. */
  name: string;
  method: string;
  paths: string[];
}

/** A route and what guards it; `roles` are those that may open it. */
export interface GuardedRoute extends Route {
  guard: (typeof GUARDS)[number];
  roles: readonly Role[];
}

interface Layer {
  name: string;
  rawPath?: unknown;
  slash: boolean;
  handle: { stack?: Layer[] };
  route?: { path: string | string[]; methods: Record<string, boolean> };
}

/** Every route in order, and the names of what lets requests pass on the way. */
export function readRoutes(app: Express): { routes: Route[]; passing: string[] } {
  // Express types its router loosely; config/routes.json and the test say when this shape changes.
  const { stack } = app.router as unknown as { stack: Layer[] };
  const routes = new Map<string, Route>();
  const passing: string[] = [];
  const walk = (layers: Layer[], isOuter: boolean): void => {
    for (const layer of layers) {
      if (layer.route) for (const route of readRoute(layer.route)) routes.set(route.name, route);
      else if (!layer.slash) routes.set(...readMount(layer));
      else if (layer.handle.stack) walk(layer.handle.stack, false);
      else passing.push(isOuter ? layer.name : `within a router: ${layer.name}`);
    }
  };
  walk(stack, true);
  return { routes: [...routes.values()], passing };
}

export function readRouteTable(): {
  declared: string[];
  guarded: Map<string, Pick<GuardedRoute, 'guard' | 'roles'>>;
  passing: string[];
} {
  const text = readFileSync(join(packageRoot(), 'config', 'routes.json'), 'utf8');
  const table = RouteTable.parse(JSON.parse(text));
  const guarded = new Map<string, Pick<GuardedRoute, 'guard' | 'roles'>>();
  for (const guard of GUARDS)
    for (const [name, group] of Object.entries(table[guard]))
      guarded.set(name, { guard, roles: table.roles[group] ?? [] });
  return {
    declared: [...Object.keys(table.open), ...guarded.keys()],
    guarded,
    passing: table.passing,
  };
}

function readRoute(route: NonNullable<Layer['route']>): Route[] {
  const paths = [route.path].flat();
  const shortest = [...paths].sort((one, other) => one.length - other.length)[0] ?? '';
  return Object.keys(route.methods).map((key) => {
    const method = key === '_all' ? 'ALL' : key.toUpperCase();
    return { name: `${method} ${shortest}`, method, paths };
  });
}

/** Something mounted under a path that is asked for everything below it. */
function readMount(layer: Layer): [string, Route] {
  const path = String(layer.rawPath);
  return [`USE ${path}`, { name: `USE ${path}`, method: 'USE', paths: [path] }];
}
