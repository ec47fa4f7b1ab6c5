// Files as people send them: UTF-8 with and without a byte order mark, UTF-16, or what Windows programs call ANSI or
// Latin-1. Answers text with \n line ends. Refuses what is no text at all. Pure.
import { AppError } from '../http/errors.js';

interface DecodedText {
  text: string;
  encoding: 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';
}

/** Bytes looked at to guess UTF-16 without a mark. */
const SAMPLE_BYTES = 4096;
const ZERO_SHARE = 0.3;
const HIGH_CONTROLS = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';
// Control characters that no text holds; tab, line feed, form feed and carriage return are left out.
const BINARY = /[\u0000-\u0008\u000b\u000e-\u001a\u001c-\u001f]/;

/** Throws `file.binary` for content that is no text, `file.damaged-characters` where decoding went wrong before. */
export function decodeText(content: string | Uint8Array): DecodedText {
  const { text, encoding } =
    typeof content === 'string'
      ? { text: content, encoding: 'utf-8' as const }
      : decodeBytes(content);
  const clean = text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
  refuse({ text: clean, pattern: BINARY, code: 'file.binary' });
  refuse({ text: clean, pattern: /\uFFFD/, code: 'file.damaged-characters' });
  return { text: clean, encoding };
}

function decodeBytes(bytes: Uint8Array): DecodedText {
  const encoding = guessUtf16(bytes);
  if (encoding !== null) return { text: new TextDecoder(encoding).decode(bytes), encoding };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), encoding: 'utf-8' };
  } catch {
    // Not UTF-8: every byte sequence is Windows-1252, of which Latin-1 is a part.
    return { text: decodeWindows1252(bytes), encoding: 'windows-1252' };
  }
}

/** By table: Node 20's own decoder reads 0x80 to 0x9f as control characters. */
function decodeWindows1252(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString('latin1')
    .replace(/[\u0080-\u009f]/g, (letter) => HIGH_CONTROLS[letter.charCodeAt(0) - 0x80] ?? letter);
}

function guessUtf16(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  const sample = bytes.subarray(0, SAMPLE_BYTES - (SAMPLE_BYTES % 2));
  let even = 0;
  let odd = 0;
  sample.forEach((byte, at) => {
    if (byte !== 0) return;
    if (at % 2 === 0) even += 1;
    else odd += 1;
  });
  const half = sample.length / 2;
  if (odd > half * ZERO_SHARE && even === 0) return 'utf-16le';
  if (even > half * ZERO_SHARE && odd === 0) return 'utf-16be';
  return null;
}

function refuse(options: { text: string; pattern: RegExp; code: string }): void {
  const at = options.text.search(options.pattern);
  if (at < 0) return;
  const line = options.text.slice(0, at).split('\n').length;
  throw new AppError(options.code, { status: 400, values: { line } });
}
