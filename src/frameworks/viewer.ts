// Who looks, and who owns: frameworks and learning resources belong to the instance, an organisation or a deployment.
// What the instance owns everybody sees; what a deployment owns its own launches see. Pure.

export interface Viewer {
  /** Our id of the deployment of the person's launch; null on a public page. */
  deployment: string | null;
}

export interface Owner {
  kind: 'instance' | 'organisation' | 'deployment';
  id: string | null;
}

export const INSTANCE_OWNER: Owner = { kind: 'instance', id: null };

/** The owner in one string, for filters and indexes: `instance`, `deployment:ID`, `organisation:ID`. */
export function ownerKeyOf(owner: Owner): string {
  return owner.id === null ? owner.kind : `${owner.kind}:${owner.id}`;
}

/** Keys of all owners whose records this viewer sees, the viewer's own first. */
export function visibleOwnerKeys(viewer: Viewer): string[] {
  const instance = ownerKeyOf(INSTANCE_OWNER);
  if (viewer.deployment === null) return [instance];
  return [ownerKeyOf({ kind: 'deployment', id: viewer.deployment }), instance];
}
