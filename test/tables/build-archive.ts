// Zip archives and workbooks made by hand, also such as no spreadsheet program writes.
import { crc32, deflateRawSync } from 'node:zlib';

export interface ArchiveFile {
  name: string;
  content: Buffer | string;
  /** What the list says of its size; the truth where left out. */
  claimed?: number;
  /** Stands in the archive and not in its list. */
  hidden?: boolean;
  encrypted?: boolean;
}

export function buildArchive(files: ArchiveFile[]): Buffer {
  const bodies: Buffer[] = [];
  const list: Buffer[] = [];
  let at = 0;
  for (const { name, content, claimed, hidden, encrypted } of files) {
    const plain = Buffer.from(content);
    const packed = deflateRawSync(plain);
    const facts = Buffer.alloc(26);
    facts.writeUInt16LE(20, 0);
    facts.writeUInt16LE(encrypted ? 1 : 0, 2);
    facts.writeUInt16LE(8, 4);
    facts.writeUInt32LE(crc32(plain), 10);
    facts.writeUInt32LE(packed.length, 14);
    facts.writeUInt32LE(claimed ?? plain.length, 18);
    facts.writeUInt16LE(Buffer.byteLength(name), 22);
    const body = Buffer.concat([Buffer.from('PK\u0003\u0004'), facts, Buffer.from(name), packed]);
    if (!hidden) {
      const rest = Buffer.alloc(14);
      rest.writeUInt32LE(at, 10);
      list.push(
        Buffer.concat([
          Buffer.from('PK\u0001\u0002'),
          Buffer.from([20, 0]),
          facts,
          rest,
          Buffer.from(name),
        ]),
      );
    }
    bodies.push(body);
    at += body.length;
  }
  const end = Buffer.alloc(22);
  end.write('PK\u0005\u0006', 0, 'latin1');
  end.writeUInt16LE(list.length, 8);
  end.writeUInt16LE(list.length, 10);
  end.writeUInt32LE(Buffer.concat(list).length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...bodies, ...list, end]);
}

/** A workbook of one sheet whose `<sheetData>` holds this. */
export function buildWorkbook(sheetData: string, more: ArchiveFile[] = []): Buffer {
  return buildArchive([...workbookFiles(sheetData), ...more]);
}

export function workbookFiles(sheetData: string): ArchiveFile[] {
  const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
  const relations = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
  const packages = 'http://schemas.openxmlformats.org/package/2006/relationships';
  return [
    {
      name: 'xl/workbook.xml',
      content: `<workbook xmlns="${main}" xmlns:r="${relations}"><sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    },
    {
      name: 'xl/_rels/workbook.xml.rels',
      content: `<Relationships xmlns="${packages}"><Relationship Id="rId1" Type="${relations}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
    },
    {
      name: 'xl/worksheets/sheet1.xml',
      content: `<worksheet xmlns="${main}"><sheetData>${sheetData}</sheetData></worksheet>`,
    },
  ];
}

/** `<c>` with text in place. */
export function textCell(address: string, text: string): string {
  return `<c r="${address}" t="inlineStr"><is><t>${text}</t></is></c>`;
}
