// Looks at a zip archive before anything is unpacked for good: how much it holds, and that its list names all of it. A few
// kilobytes may unpack to gigabytes, or claim little and hold much; both are refused. Zip: PKWARE's APPNOTE 6.3, 4.3.
import { promisify } from 'node:util';
import { crc32, inflateRaw } from 'node:zlib';
import { AppError } from '../http/errors.js';

interface Entry {
  name: string;
  at: number;
  method: number;
  packed: number;
  unpacked: number;
  checksum: number;
}

const END_SIGNATURE = 0x06054b50;
const ENTRY_SIGNATURE = 0x02014b50;
const LOCAL_SIGNATURE = 0x04034b50;
const END_BYTES = 22;
const ENTRY_BYTES = 46;
const LOCAL_BYTES = 30;
const LONGEST_COMMENT = 0xffff;
const MOST_ENTRIES = 1000;
const STORED = 0;
const DEFLATED = 8;
/** What may stand between two files: a data descriptor, too short for a file that the list does not name. */
const LONGEST_DESCRIPTOR = 24;

const unpack = promisify(inflateRaw);

/**
 * Throws `table.too-large` (413) where the archive holds more than `unpackedBytes`, and `table.damaged` (400) where it is
 * damaged, encrypted, or holds what its list does not name. Unpacks each file once, never more than it may hold.
 */
export async function checkArchive(options: {
  bytes: Buffer;
  unpackedBytes: number;
  /** Sees each file as it is unpacked, and may refuse. */
  look: (content: Buffer) => void;
}): Promise<void> {
  const { bytes, unpackedBytes, look } = options;
  const { entries, listAt } = readList(bytes);
  const total = entries.reduce((sum, entry) => sum + entry.unpacked, 0);
  if (total > unpackedBytes) throw tooMuch(unpackedBytes);
  refuseHidden({ bytes, entries, listAt });
  for (const entry of entries) look(await unpackChecked(bytes, entry));
}

function readList(bytes: Buffer): { entries: Entry[]; listAt: number } {
  const end = findEnd(bytes);
  const count = bytes.readUInt16LE(end + 10);
  const listAt = bytes.readUInt32LE(end + 16);
  if (count > MOST_ENTRIES || listAt > end) throw damaged('its list of files is damaged');
  const entries: Entry[] = [];
  let at = listAt;
  for (let number = 0; number < count; number += 1) {
    if (at + ENTRY_BYTES > end || bytes.readUInt32LE(at) !== ENTRY_SIGNATURE)
      throw damaged('its list of files is damaged');
    const isEncrypted = (bytes.readUInt16LE(at + 8) & 1) === 1;
    if (isEncrypted) throw new AppError('table.encrypted', { status: 400 });
    const nameEnd = at + ENTRY_BYTES + bytes.readUInt16LE(at + 28);
    entries.push({
      name: bytes.toString('utf8', at + ENTRY_BYTES, nameEnd),
      method: bytes.readUInt16LE(at + 10),
      checksum: bytes.readUInt32LE(at + 16),
      packed: bytes.readUInt32LE(at + 20),
      unpacked: bytes.readUInt32LE(at + 24),
      at: bytes.readUInt32LE(at + 42),
    });
    at = nameEnd + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return { entries, listAt };
}

function findEnd(bytes: Buffer): number {
  const first = Math.max(0, bytes.length - END_BYTES - LONGEST_COMMENT);
  for (let at = bytes.length - END_BYTES; at >= first; at -= 1)
    if (bytes.readUInt32LE(at) === END_SIGNATURE) return at;
  throw damaged('it ends too early');
}

/** Every byte before the list belongs to a file that it names: readers that ignore the list find no other. */
function refuseHidden(options: { bytes: Buffer; entries: Entry[]; listAt: number }): void {
  const { bytes, entries, listAt } = options;
  const names = new Set(entries.map((entry) => entry.name));
  if (names.size !== entries.length) throw damaged('a file is in it twice');
  let before = 0;
  for (const entry of [...entries].sort((a, b) => a.at - b.at)) {
    const gap = entry.at - before;
    if (gap < 0 || gap > (before === 0 ? 0 : LONGEST_DESCRIPTOR))
      throw damaged('it holds what its list does not name');
    before = contentOf(bytes, entry) + entry.packed;
  }
  if (before > listAt || listAt - before > LONGEST_DESCRIPTOR)
    throw damaged('it holds what its list does not name');
}

function contentOf(bytes: Buffer, entry: Entry): number {
  if (entry.at + LOCAL_BYTES > bytes.length || bytes.readUInt32LE(entry.at) !== LOCAL_SIGNATURE)
    throw damaged('its list of files is damaged');
  const name = bytes.readUInt16LE(entry.at + 26);
  return entry.at + LOCAL_BYTES + name + bytes.readUInt16LE(entry.at + 28);
}

async function unpackChecked(bytes: Buffer, entry: Entry): Promise<Buffer> {
  const start = contentOf(bytes, entry);
  const packed = bytes.subarray(start, start + entry.packed);
  if (entry.method !== STORED && entry.method !== DEFLATED)
    throw damaged('it is packed in a way that is not read here');
  const content = entry.method === STORED ? packed : await unpackEntry(packed, entry);
  if (content.length !== entry.unpacked || crc32(content) !== entry.checksum)
    throw damaged('a file in it is not what its list says');
  return content;
}

async function unpackEntry(packed: Buffer, entry: Entry): Promise<Buffer> {
  if (entry.packed === 0) return packed;
  return unpack(packed, { maxOutputLength: Math.max(1, entry.unpacked) }).catch(
    (cause: unknown) => {
      throw damaged('a file in it is not what its list says', cause);
    },
  );
}

function tooMuch(unpackedBytes: number): AppError {
  const values = { limit: Math.floor(unpackedBytes / (1024 * 1024)), what: 'MB unpacked' };
  return new AppError('table.too-large', { status: 413, values });
}

function damaged(reason: string, cause?: unknown): AppError {
  return new AppError('table.damaged', { status: 400, cause: cause ?? new Error(reason) });
}
