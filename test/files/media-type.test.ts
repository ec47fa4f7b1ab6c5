import { expect } from 'chai';
import fc from 'fast-check';
import { createMediaSniffer } from '../../src/files/media-type.js';
import {
  buildZip,
  DOCX,
  DOCX_WITH_MACROS,
  JPEG,
  openDocument,
  PDF,
  PNG,
  PPTX,
  TEXT,
  WEBP,
  XLSX,
} from './sample-files.js';

const OFFICE = 'application/vnd.openxmlformats-officedocument';
const OPEN = 'application/vnd.oasis.opendocument';

const taken = [
  { title: 'a PDF', content: PDF, type: 'application/pdf' },
  { title: 'a PNG', content: PNG, type: 'image/png' },
  { title: 'a JPEG', content: JPEG, type: 'image/jpeg' },
  { title: 'a WebP', content: WEBP, type: 'image/webp' },
  { title: 'a plain text', content: TEXT, type: 'text/plain' },
  {
    title: 'a text with a byte order mark',
    content: Buffer.from('\uFEFFHola\r\n'),
    type: 'text/plain',
  },
  {
    title: 'a text that speaks of <b>markup</b>',
    content: Buffer.from('Use <html> first.'),
    type: 'text/plain',
  },
  { title: 'a Word document', content: DOCX, type: `${OFFICE}.wordprocessingml.document` },
  { title: 'an Excel workbook', content: XLSX, type: `${OFFICE}.spreadsheetml.sheet` },
  {
    title: 'a PowerPoint presentation',
    content: PPTX,
    type: `${OFFICE}.presentationml.presentation`,
  },
  { title: 'an OpenDocument text', content: openDocument('text'), type: `${OPEN}.text` },
  {
    title: 'an OpenDocument sheet',
    content: openDocument('spreadsheet'),
    type: `${OPEN}.spreadsheet`,
  },
  {
    title: 'OpenDocument slides',
    content: openDocument('presentation'),
    type: `${OPEN}.presentation`,
  },
];

const refused = [
  { title: 'nothing', content: Buffer.alloc(0), fault: 'unknown' },
  {
    title: 'a Windows program',
    content: Buffer.from('MZ\u0090\u0000\u0003', 'latin1'),
    fault: 'unknown',
  },
  { title: 'a PDF cut short', content: PDF.subarray(0, 40), fault: 'unknown' },
  {
    title: 'a page that opens as a PDF',
    content: Buffer.from('%PDF-1.4\n<script>alert(1)</script>\n%%EOF'),
    fault: 'active',
  },
  {
    title: 'a PDF behind a page',
    content: Buffer.concat([Buffer.from('<html><body>'), PDF]),
    fault: 'active',
  },
  { title: 'HTML', content: Buffer.from('  <!DOCTYPE html><p>Hi'), fault: 'active' },
  {
    title: 'HTML behind a byte order mark',
    content: Buffer.from('\uFEFF\n<HTML>'),
    fault: 'active',
  },
  {
    title: 'SVG',
    content: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>'),
    fault: 'active',
  },
  { title: 'SVG as XML', content: Buffer.from('<?xml version="1.0"?><svg/>'), fault: 'active' },
  { title: 'a PNG cut short', content: PNG.subarray(0, 30), fault: 'unknown' },
  { title: 'a GIF', content: Buffer.from('GIF89a\u0001\u0000', 'latin1'), fault: 'unknown' },
  { title: 'a plain ZIP', content: buildZip({ 'run.exe': 'MZ' }), fault: 'unknown' },
  { title: 'a ZIP cut short', content: DOCX.subarray(0, -30), fault: 'unknown' },
  { title: 'a ZIP whose count of entries is false', content: falseCount(DOCX), fault: 'unknown' },
  { title: 'a Word document with macros', content: DOCX_WITH_MACROS, fault: 'macros' },
  {
    title: 'an OpenDocument with macros',
    content: buildZip({ mimetype: `${OPEN}.text`, 'Basic/script-lc.xml': '' }),
    fault: 'macros',
  },
  {
    title: 'an OpenDocument of a kind not on the list',
    content: openDocument('database'),
    fault: 'unknown',
  },
  { title: 'an old Word file', content: Buffer.from('d0cf11e0a1b11ae1', 'hex'), fault: 'unknown' },
  {
    title: 'a text in another encoding',
    content: Buffer.from('a\u00f1o', 'latin1'),
    fault: 'unknown',
  },
  {
    title: 'a text with a character cut in two',
    content: Buffer.from('año').subarray(0, 2),
    fault: 'unknown',
  },
];

describe('createMediaSniffer', () => {
  for (const { title, content, type } of taken)
    it(`knows ${title} by its content`, () => {
      expect(tell([content])).to.equal(type);
    });

  for (const { title, content, fault } of refused)
    it(`takes no ${title}`, () => {
      expect(tell([content])).to.equal(fault);
    });

  it('tells the same however the content is cut into pieces', () => {
    const samples = [...taken.map((one) => one.content), ...refused.map((one) => one.content)];

    fc.assert(
      fc.property(
        fc.constantFrom(...samples),
        fc.array(fc.integer({ min: 0, max: 600 }), { maxLength: 5 }),
        (content, cuts) => {
          expect(tell(cutAt(content, cuts))).to.equal(tell([content]));
        },
      ),
    );
  });

  it('never fails, whatever the bytes are', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 400 }),
        fc.constantFrom(PDF, DOCX, PNG),
        (noise, real) => {
          const spliced = Buffer.concat([real.subarray(0, 20), noise, real.subarray(-40)]);
          expect(tell([Buffer.from(noise)])).to.be.a('string');
          expect(tell([spliced])).to.be.a('string');
        },
      ),
    );
  });
});

function tell(pieces: Buffer[]): string {
  const sniffer = createMediaSniffer();
  for (const piece of pieces) sniffer.push(piece);
  return sniffer.end();
}

function cutAt(content: Buffer, cuts: number[]): Buffer[] {
  const places = [
    0,
    ...cuts.map((cut) => Math.min(cut, content.length)).sort((a, b) => a - b),
    content.length,
  ];
  return places.slice(1).map((end, index) => content.subarray(places[index], end));
}

function falseCount(zip: Buffer): Buffer {
  const changed = Buffer.from(zip);
  changed.writeUInt16LE(9_999, changed.length - 12);
  return changed;
}
