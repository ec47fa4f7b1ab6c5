import { expect } from 'chai';
import { isPublicAddress, readTarget } from '../../src/outgoing/guard-address.js';
import { isAppError } from '../../src/http/errors.js';

const PRIVATE = [
  '127.0.0.1',
  '127.1.2.3',
  '10.0.0.1',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '169.254.169.254',
  '100.64.0.1',
  '0.0.0.0',
  '255.255.255.255',
  '224.0.0.1',
  '198.18.0.1',
  '192.0.2.1',
  '::1',
  '::',
  'fc00::1',
  'fd12::1',
  'fe80::1',
  'ff02::1',
  '::ffff:127.0.0.1',
  '::ffff:8.8.8.8',
  '64:ff9b::7f00:1',
  '2002:7f00:1::',
  '2001:db8::1',
  'localhost',
  '',
];
const PUBLIC = ['8.8.8.8', '93.184.216.34', '172.32.0.1', '100.128.0.1', '2606:4700::1111'];

describe('isPublicAddress', () => {
  for (const address of PRIVATE)
    it(`says no to "${address}"`, () => expect(isPublicAddress(address)).to.equal(false));
  for (const address of PUBLIC)
    it(`says yes to ${address}`, () => expect(isPublicAddress(address)).to.equal(true));
});

describe('readTarget', () => {
  const refused: { title: string; url: string; list?: string[]; code: string }[] = [
    { title: 'plain http', url: 'http://lms.example/x', code: 'outgoing.address' },
    { title: 'ftp', url: 'ftp://lms.example/x', code: 'outgoing.address' },
    { title: 'file', url: 'file:///etc/passwd', code: 'outgoing.address' },
    { title: 'a user name', url: 'https://me@lms.example/', code: 'outgoing.address' },
    { title: 'what is no address', url: 'lms.example', code: 'outgoing.address' },
    { title: 'loopback', url: 'https://127.0.0.1/', code: 'outgoing.private-address' },
    {
      title: 'loopback as a decimal number',
      url: 'https://2130706433/',
      code: 'outgoing.private-address',
    },
    { title: 'loopback in octal', url: 'https://0177.0.0.1/', code: 'outgoing.private-address' },
    { title: 'loopback in hex', url: 'https://0x7f.1/', code: 'outgoing.private-address' },
    {
      title: 'loopback mapped into IPv6',
      url: 'https://[::ffff:127.0.0.1]/',
      code: 'outgoing.private-address',
    },
    { title: 'localhost', url: 'https://localhost/', code: 'outgoing.private-address' },
    { title: 'localhost with a dot', url: 'https://localhost./', code: 'outgoing.private-address' },
    {
      title: 'the metadata address',
      url: 'https://169.254.169.254/',
      code: 'outgoing.private-address',
    },
    {
      title: 'another port of a listed host',
      url: 'https://10.0.0.5:8443/',
      list: ['10.0.0.5:443'],
      code: 'outgoing.private-address',
    },
    {
      title: 'http on a listed host that is not loopback',
      url: 'http://10.0.0.5/',
      list: ['10.0.0.5:*'],
      code: 'outgoing.address',
    },
    {
      title: 'http on loopback that is not listed',
      url: 'http://localhost:3000/',
      code: 'outgoing.private-address',
    },
  ];
  for (const { title, url, list = [], code } of refused)
    it(`refuses ${title}`, () => {
      expect(() => readTarget({ url, list }))
        .to.throw()
        .and.satisfy(
          (error: unknown) => isAppError(error) && error.code === code && error.status === 400,
        );
    });

  const allowed: { title: string; url: string; list?: string[] }[] = [
    { title: 'https', url: 'https://lms.example/x?y=1' },
    { title: 'https on another port', url: 'https://lms.example:8443/' },
    { title: 'a listed private host', url: 'https://10.0.0.5/', list: ['10.0.0.5:443'] },
    { title: 'any port of a listed host', url: 'https://lms.campus:9443/', list: ['lms.campus:*'] },
    { title: 'http on listed loopback', url: 'http://127.0.0.1:3001/', list: ['127.0.0.1:3001'] },
    { title: 'listed IPv6 loopback', url: 'http://[::1]:3001/', list: ['[::1]:3001'] },
  ];
  for (const { title, url, list = [] } of allowed)
    it(`lets ${title} through`, () =>
      expect(readTarget({ url, list }).url.href).to.equal(new URL(url).href));
});
