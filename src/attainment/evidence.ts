// Evidence: what a statement is worth as a proof about one of our objects, or the reason why it is none. Says what it is:
// declared (the learner marked it), observed (opened, launched, no score), assessed (a score) or attested (a person).
// Pure; which items it speaks for is decided by the ties of its object, not here.

export type EvidenceKind = 'declared' | 'observed' | 'assessed' | 'attested';

export interface Evidence {
  statementId: string;
  deployment: string;
  user: string;
  /** The course it was done in; null for what another tool stated outside any course of ours. */
  course: string | null;
  objectId: string;
  objectKind: 'activity' | 'resource';
  title: string;
  kind: EvidenceKind;
  /** False for an opening or a launch: seen, but nothing finished. */
  completes: boolean;
  /** `result.success`; null where the statement does not say. */
  success: boolean | null;
  /** 0 to 1; null without a score. */
  score: number | null;
  /** The earlier of timestamp and stored. */
  at: Date;
  withdrawn: { at: Date; statementId: string } | null;
}
