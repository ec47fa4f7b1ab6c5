// Strict JSON: what JSON.parse lets pass and an LRS must not, and the exact texts of the parts.
import { expect } from 'chai';
import fc from 'fast-check';
import { decodeUtf8, JsonFault, memberKey, readJson, splitJson } from '../../src/lrs/json-text.js';

describe('readJson', () => {
  for (const [title, text] of Object.entries({
    'a key twice': '{"a":1,"a":2}',
    'a key twice, once with an escape': '{"a":1,"\\u0061":2}',
    'a key twice deep inside an array': '[[{"b":[{"a":1,"c":{},"a":1}]}]]',
    '__proto__ twice': '{"__proto__":1,"__proto__":2}',
    'a number beyond doubles': '{"a":1e999}',
    'a negative number beyond doubles': '[-1e400]',
    'nesting beyond 50': `${'['.repeat(51)}${']'.repeat(51)}`,
    'nesting beyond all measure': '{"a":'.repeat(100_000),
    'a text cut short': '{"a":"b',
    'a text that ends in an escape': '"a\\',
    'two values': '{}{}',
    'a trailing comma': '[1,]',
    'single quotes': "{'a':1}",
    nothing: '',
    NaN: 'NaN',
  }))
    it(`refuses ${title}`, () => {
      expect(() => readJson(text)).to.throw(JsonFault);
    });

  it('takes 50 levels, colons and braces in strings, and escaped quotation marks', () => {
    const deep = `${'['.repeat(50)}${']'.repeat(50)}`;

    expect(readJson(deep)).to.be.an('array');
    expect(readJson('{"a:{[\\"":"}]:,\\\\","b":"\\\\\\""}')).to.deep.equal({
      'a:{["': '}]:,\\',
      b: '\\"',
    });
  });

  it('keeps __proto__ as a key like any other', () => {
    const value = readJson('{"__proto__":{"polluted":true}}');

    expect(Object.keys(value as object)).to.deep.equal(['__proto__']);
    expect({}).to.not.have.property('polluted');
  });

  it('reads what JSON.parse reads, where no key is twice and no number too large', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), fc.constantFrom(0, 1, 4), (json, spaces) => {
        const value: unknown = JSON.parse(json);
        const text = JSON.stringify(value, null, spaces);
        expect(readJson(text)).to.deep.equal(JSON.parse(text));
      }),
    );
  });
});

describe('splitJson', () => {
  it('gives the texts of elements and members back as they were', () => {
    expect(splitJson(' [ {"a": [1, 2]} , "x,]" ,\n3 ] ')).to.deep.equal([
      '{"a": [1, 2]}',
      '"x,]"',
      '3',
    ]);
    expect(splitJson('{ "a" : {"b,":1} ,"c":"}" }')).to.deep.equal(['"a" : {"b,":1}', '"c":"}"']);
    expect(splitJson('[]')).to.deep.equal([]);
    expect(splitJson('{ }')).to.deep.equal([]);
  });

  it('loses nothing: the parts together are the whole', () => {
    const objects = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 5 });
    fc.assert(
      fc.property(objects, fc.array(fc.jsonValue({ maxDepth: 3 })), (object, list) => {
        const members = splitJson(JSON.stringify(object, null, 1));
        expect(JSON.parse(`{${members.join(',')}}`)).to.deep.equal(
          JSON.parse(JSON.stringify(object)),
        );
        expect(members.map(memberKey)).to.deep.equal(Object.keys(object));
        const elements = splitJson(JSON.stringify(list));
        expect(elements.map((one) => JSON.parse(one) as unknown)).to.deep.equal(
          JSON.parse(JSON.stringify(list)),
        );
      }),
    );
  });
});

describe('decodeUtf8', () => {
  it('refuses bytes that are no UTF-8, and drops a byte order mark', () => {
    expect(() => decodeUtf8(Buffer.from([0x22, 0xff, 0x22]))).to.throw(JsonFault);
    expect(() => decodeUtf8(Buffer.from([0xed, 0xa0, 0x80]))).to.throw(JsonFault);
    expect(decodeUtf8(Buffer.from('\ufeff{}'))).to.equal('{}');
  });
});
