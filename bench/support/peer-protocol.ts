// What the measuring process and the servers it measures say to each other over their IPC channel.
import { z } from 'zod';

/** One command sent to the engine while a request was answered. */
export const EngineCall = z.object({
  command: z.string(),
  collection: z.string(),
  /** Calls of the same wave were under way together. */
  wave: z.number(),
  /** Sent when the answer was out already. */
  afterAnswer: z.boolean(),
  /** The whole command as canonical extended JSON, or empty. */
  document: z.string(),
});
export type EngineCall = z.infer<typeof EngineCall>;

export const RequestCalls = z.object({
  method: z.string(),
  path: z.string(),
  calls: z.array(EngineCall),
});
export type RequestCalls = z.infer<typeof RequestCalls>;

export const PeerAnswer = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready'), url: z.string() }),
  z.object({ type: z.literal('failed'), reason: z.string() }),
  z.object({ type: z.literal('watching') }),
  z.object({ type: z.literal('calls'), requests: z.array(RequestCalls), background: z.number() }),
  z.object({
    type: z.literal('memory'),
    residentMb: z.number(),
    heapMb: z.number(),
    cpuSeconds: z.number(),
  }),
]);
export type PeerAnswer = z.infer<typeof PeerAnswer>;

export const PeerOrder = z.discriminatedUnion('type', [
  z.object({ type: z.literal('watch') }),
  z.object({ type: z.literal('calls') }),
  z.object({ type: z.literal('memory') }),
  z.object({ type: z.literal('stop') }),
]);
export type PeerOrder = z.infer<typeof PeerOrder>;
