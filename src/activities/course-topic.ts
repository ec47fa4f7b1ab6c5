// What pages keep of a course for two seconds is kept under this name, and forgotten by whoever writes its activities or
// alignments (db/shared-reads.ts). Pure.

export function courseTopic({
  deployment,
  course,
}: {
  deployment: string;
  course: string;
}): string {
  return `course ${deployment} ${course}`;
}
