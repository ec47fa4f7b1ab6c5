// The kinds of file that are taken, told by their content alone: what a browser or a name says is not asked. Fed piece by
// piece, it keeps the first and the last bytes only. What could run in a page (HTML, SVG) or in an office program (macros) is
// refused. Pure.
import { readZipNames } from './zip-names.js';

const OFFICE = 'application/vnd.openxmlformats-officedocument';

/** Each with the endings its name may have; the first is the one it gets otherwise. */
export const MEDIA_TYPES = {
  'application/pdf': ['pdf'],
  'image/png': ['png'],
  'image/jpeg': ['jpg', 'jpeg'],
  'image/webp': ['webp'],
  'text/plain': ['txt', 'md', 'csv'],
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': ['docx'],
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': ['xlsx'],
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': ['pptx'],
  'application/vnd.oasis.opendocument.text': ['odt'],
  'application/vnd.oasis.opendocument.spreadsheet': ['ods'],
  'application/vnd.oasis.opendocument.presentation': ['odp'],
} as const satisfies Record<string, readonly [string, ...string[]]>;

export type MediaType = keyof typeof MEDIA_TYPES;

/** Why a content is refused: none of the kinds, a page or picture with script in it, a document with macros. */
export type MediaFault = 'unknown' | 'active' | 'macros';

export interface MediaSniffer {
  push(bytes: Uint8Array): void;
  /** After the last piece. */
  end(): MediaType | MediaFault;
}

const HEAD_BYTES = 4_096;
/** Holds the list of names at the end of a ZIP: some thousands of them. */
const TAIL_BYTES = 256 * 1_024;
const PDF_END_BYTES = 2_048;

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const PNG_END = Buffer.from('IEND');
const JPEG = Buffer.from([0xff, 0xd8, 0xff]);
const ZIP = Buffer.from([0x50, 0x4b, 0x03, 0x04]);
/** What makes a browser take a content for a page or a drawing (WHATWG MIME Sniffing, section 7.1, and SVG). */
const MARKUP = /<(?:!doctype|!--|\?xml|html|head|body|script|svg|iframe|style|title|table|a\s)/i;
const STARTS_AS_MARKUP = new RegExp(`^[\\s\\uFEFF]*${MARKUP.source}`, 'i');
/** Control characters but for tab, line feed, form feed and carriage return. */
const NO_TEXT = /[^\P{Cc}\t\n\f\r]/u;

/** One for each content. */
export function createMediaSniffer(): MediaSniffer {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let head = Buffer.alloc(0);
  let tail = Buffer.alloc(0);
  let isText = true;
  const readText = (bytes?: Uint8Array): void => {
    if (!isText) return;
    try {
      const text = bytes ? decoder.decode(bytes, { stream: true }) : decoder.decode();
      isText = !NO_TEXT.test(text);
    } catch {
      isText = false; // The decoder throws at bytes that are no UTF-8.
    }
  };
  return {
    push(bytes) {
      if (head.length < HEAD_BYTES)
        head = Buffer.concat([head, bytes.subarray(0, HEAD_BYTES - head.length)]);
      tail = Buffer.concat([tail, bytes]).subarray(-TAIL_BYTES);
      readText(bytes);
    },
    end() {
      readText();
      return tellMediaType({ head, tail, isText });
    },
  };
}

function tellMediaType(seen: { head: Buffer; tail: Buffer; isText: boolean }) {
  const { head, tail, isText } = seen;
  if (head.length === 0) return 'unknown';
  if (head.toString('latin1', 0, 5) === '%PDF-') return tellPdf({ head, tail });
  if (startsWith(head, PNG)) return tail.includes(PNG_END) ? 'image/png' : 'unknown';
  if (startsWith(head, JPEG)) return 'image/jpeg';
  const riff = `${head.toString('latin1', 0, 4)}${head.toString('latin1', 8, 12)}`;
  if (riff === 'RIFFWEBP') return 'image/webp';
  if (startsWith(head, ZIP)) return tellZip({ head, tail });
  if (STARTS_AS_MARKUP.test(head.toString('utf8'))) return 'active';
  return isText ? 'text/plain' : 'unknown';
}

/** A PDF has its end; one that holds a page in its first lines was made for being taken for both. */
function tellPdf({ head, tail }: { head: Buffer; tail: Buffer }): MediaType | MediaFault {
  if (MARKUP.test(head.toString('latin1', 0, 1_024))) return 'active';
  return tail.subarray(-PDF_END_BYTES).includes('%%EOF') ? 'application/pdf' : 'unknown';
}

/** OPC (ECMA-376 part 2) has its list of content types and a main part; OpenDocument (1.3 part 2, 3.3) says its type first. */
function tellZip({ head, tail }: { head: Buffer; tail: Buffer }): MediaType | MediaFault {
  const names = readZipNames(tail);
  if (names === null) return 'unknown';
  if (names.some((name) => /(^|\/)vbaProject|^(Basic|Scripts)\//i.test(name))) return 'macros';
  if (names[0] === 'mimetype') return tellOpenDocument(head);
  if (!names.includes('[Content_Types].xml')) return 'unknown';
  if (names.includes('word/document.xml')) return `${OFFICE}.wordprocessingml.document`;
  if (names.includes('xl/workbook.xml')) return `${OFFICE}.spreadsheetml.sheet`;
  if (names.includes('ppt/presentation.xml')) return `${OFFICE}.presentationml.presentation`;
  return 'unknown';
}

function tellOpenDocument(head: Buffer): MediaType | MediaFault {
  // The local header has 30 bytes and the name; the type follows, uncompressed.
  const type = /^mimetype.{0,64}?(application\/vnd\.oasis\.opendocument\.[a-z]+)/s.exec(
    head.toString('latin1', 30, 200),
  )?.[1];
  const found = Object.keys(MEDIA_TYPES).find((one) => type === one);
  return (found as MediaType | undefined) ?? 'unknown'; // a key of the table, as just found
}

function startsWith(bytes: Buffer, sign: Buffer): boolean {
  return bytes.subarray(0, sign.length).equals(sign);
}
