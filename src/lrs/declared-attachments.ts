// The attachments that a statement declares, its sub-statement's too (Data 2.4.11). Pure.
import type { Attachment, Statement } from '../xapi/statement.js';

export function listDeclaredAttachments({ attachments = [], object }: Statement): Attachment[] {
  const inner = object.objectType === 'SubStatement' ? (object.attachments ?? []) : [];
  return [...attachments, ...inner];
}
