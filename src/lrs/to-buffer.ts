// Content as the driver gives it. Pure.

/** A lean read gives the driver's Binary for a Buffer. */
export function toBuffer(content: Buffer | { buffer: Uint8Array }): Buffer {
  return Buffer.isBuffer(content) ? content : Buffer.from(content.buffer);
}
