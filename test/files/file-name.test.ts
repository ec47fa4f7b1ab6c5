import { expect } from 'chai';
import fc from 'fast-check';
import { cleanFileName } from '../../src/files/file-name.js';

const PDF = 'application/pdf';

const cases = [
  { title: 'keeps an honest name', given: 'My audit (final).pdf', name: 'My audit (final).pdf' },
  { title: 'keeps letters of every script', given: 'Práctica 数据.PDF', name: 'Práctica 数据.PDF' },
  { title: 'drops a path', given: '../../etc/passwd', name: 'passwd.pdf' },
  { title: 'drops a path of Windows', given: 'C:\\Users\\ana\\audit.pdf', name: 'audit.pdf' },
  {
    title: 'drops what turns the reading direction',
    given: 'audit\u202Efdp.exe',
    name: 'auditfdp.exe.pdf',
  },
  { title: 'drops what is not seen', given: 'au\u200Bdit\u0000\r\n.pdf', name: 'audit.pdf' },
  { title: 'adds the ending of its content', given: 'audit.exe', name: 'audit.exe.pdf' },
  { title: 'names what has no name', given: null, name: 'file.pdf' },
  { title: 'names what is nothing but dots', given: '...', name: 'file.pdf' },
  { title: 'names what is nothing but an ending', given: '.pdf', name: 'pdf.pdf' },
  { title: 'keeps clear of device names', given: 'CON.pdf', name: '_CON.pdf' },
  { title: 'replaces what no file system takes', given: 'a<b>:"c|?*.pdf', name: 'a_b___c___.pdf' },
  { title: 'drops half a character', given: 'a\uD800b.pdf', name: 'ab.pdf' },
];

describe('cleanFileName', () => {
  for (const { title, given, name } of cases)
    it(title, () => {
      expect(cleanFileName(given, PDF)).to.equal(name);
    });

  it('cuts a name of 1,000 characters and keeps its ending', () => {
    const name = cleanFileName(`${'é'.repeat(1_000)}.pdf`, PDF);

    expect([...name]).to.have.length(114);
    expect(name).to.match(/^é+\.pdf$/);
  });

  it('gives a short name without path, unseen characters or another ending, whatever came, and changes it no second time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (given) => {
        const name = cleanFileName(given, PDF);
        expect(name).to.match(/^[^/\\<>:"|?*\p{C}]{1,110}\.pdf$/iu);
        expect(cleanFileName(name, PDF)).to.equal(name);
      }),
    );
  });
});
