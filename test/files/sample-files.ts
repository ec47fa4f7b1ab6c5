// Contents as people hand them in, small but whole, and a ZIP writer for those that are archives (stored, no compression).
import { crc32 } from 'node:zlib';

export const PDF = Buffer.from(
  '%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\nxref\n0 1\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n',
);
export const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
export const JPEG = Buffer.from([
  0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46, 0, 0xff, 0xd9,
]);
export const WEBP = Buffer.from('RIFF\u001a\u0000\u0000\u0000WEBPVP8L', 'latin1');
export const TEXT = Buffer.from(
  'Notes on the record audit:\n\tthree gaps were found – all in March.\n',
);
export const DOCX = officeDocument('word/document.xml');
export const XLSX = officeDocument('xl/workbook.xml');
export const PPTX = officeDocument('ppt/presentation.xml');
export const DOCX_WITH_MACROS = officeDocument('word/document.xml', 'word/vbaProject.bin');

export function openDocument(kind: string): Buffer {
  return buildZip({
    mimetype: `application/vnd.oasis.opendocument.${kind}`,
    'content.xml': '<office:document-content/>',
  });
}

function officeDocument(...parts: string[]): Buffer {
  return buildZip({
    '[Content_Types].xml': '<Types/>',
    '_rels/.rels': '<Relationships/>',
    ...Object.fromEntries(parts.map((part) => [part, '<x/>'])),
  });
}

/** Names and texts, in order. */
export function buildZip(entries: Record<string, string>): Buffer {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of Object.entries(entries)) {
    const content = Buffer.from(text);
    const nameBytes = Buffer.from(name);
    const sizes = Buffer.alloc(14);
    sizes.writeUInt32LE(crc32(content), 0);
    sizes.writeUInt32LE(content.length, 4);
    sizes.writeUInt32LE(content.length, 8);
    sizes.writeUInt16LE(nameBytes.length, 12);
    const local = Buffer.alloc(14);
    local.writeUInt32LE(0x04034b50, 0);
    const central = Buffer.alloc(16);
    central.writeUInt32LE(0x02014b50, 0);
    const rest = Buffer.alloc(16);
    rest.writeUInt32LE(offset, 12);
    const whole = Buffer.concat([local, sizes, Buffer.alloc(2), nameBytes, content]);
    locals.push(whole);
    centrals.push(central, sizes, rest, nameBytes);
    offset += whole.length;
  }
  const directory = Buffer.concat(centrals);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(locals.length, 8);
  end.writeUInt16LE(locals.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end]);
}
