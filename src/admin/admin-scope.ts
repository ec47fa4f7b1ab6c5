// Whose rows an administration page shows: an operator sees everything, an administrator their own deployment alone. What
// lies outside the scope is not found; the scope is part of each query, never a check afterwards.
import type { Request } from 'express';
import { z } from 'zod';
import { AppError } from '../http/errors.js';
import { parseInput } from '../http/parse-input.js';
import { getCurrentLaunch } from '../lti/current-launch.js';
import { isOperator } from '../lti/current-operator.js';
import { findDeployment, type Deployment } from '../lti/deployment.model.js';

const Params = z.object({ deployment: z.string().max(100) });

export type AdminScope =
  { kind: 'operator' } | { kind: 'deployment'; deployment: string; platform: string };

/** Behind requireOperatorOr('Administrator'). */
export function readAdminScope(req: Request): AdminScope {
  if (isOperator(req)) return { kind: 'operator' };
  const { deployment, platform } = getCurrentLaunch(req);
  return { kind: 'deployment', deployment, platform };
}

/** For what only the operator may see or do. Throws `admin.operator-only` (403). */
export function requireOperator(req: Request): void {
  if (!isOperator(req)) throw new AppError('admin.operator-only', { status: 403 });
}

/** The deployment an address names, if it is in the scope. Throws `admin.not-found` (404). */
export function requireInScope(scope: AdminScope, deployment: string): string {
  if (scope.kind === 'operator' || scope.deployment === deployment) return deployment;
  throw new AppError('admin.not-found', { status: 404 });
}

/** The deployment that the address's `:deployment` names, if it is in the scope. Throws `admin.not-found` (404). */
export async function getDeploymentInScope(req: Request): Promise<Deployment> {
  const { deployment } = parseInput(Params, req.params);
  const found = await findDeployment({
    deployment: requireInScope(readAdminScope(req), deployment),
  });
  if (!found) throw new AppError('admin.not-found', { status: 404 });
  return found;
}
