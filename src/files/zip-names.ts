// The names in a ZIP, read from its central directory (APPNOTE.TXT 4.3.12 and 4.3.16) without unpacking anything. Pure.

const END_SIGN = 0x06054b50;
const END_BYTES = 22;
const ENTRY_SIGN = 0x02014b50;
const ENTRY_BYTES = 46;

/** From the last bytes of the file; null where they hold no whole directory, or one that contradicts itself. */
export function readZipNames(tail: Buffer): string[] | null {
  const end = findEnd(tail);
  if (end === null) return null;
  const count = tail.readUInt16LE(end + 10);
  const start = end - tail.readUInt32LE(end + 12);
  if (start < 0) return null;
  const names: string[] = [];
  let at = start;
  for (let entry = 0; entry < count; entry += 1) {
    if (at + ENTRY_BYTES > end || tail.readUInt32LE(at) !== ENTRY_SIGN) return null;
    const nameBytes = tail.readUInt16LE(at + 28);
    const restBytes = tail.readUInt16LE(at + 30) + tail.readUInt16LE(at + 32);
    names.push(tail.toString('utf8', at + ENTRY_BYTES, at + ENTRY_BYTES + nameBytes));
    at += ENTRY_BYTES + nameBytes + restBytes;
  }
  return at === end ? names : null;
}

function findEnd(tail: Buffer): number | null {
  for (let at = tail.length - END_BYTES; at >= 0; at -= 1)
    if (
      tail.readUInt32LE(at) === END_SIGN &&
      at + END_BYTES + tail.readUInt16LE(at + 20) === tail.length
    )
      return at;
  return null;
}
