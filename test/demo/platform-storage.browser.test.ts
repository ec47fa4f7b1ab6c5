// Platform storage, asked from the tool's frame in a real browser as a tool asks: messages to the parent, by subject.
import { expect } from 'chai';
import type { Frame } from 'playwright-core';
import { openPage, stopBrowser } from '../support/browser.js';
import { launch, readFields, signIn, startDemo, type RunningDemo } from './start-demo.js';

const AMARA = '11';
const ASK_MS = 400;

describe('the demo LMS: platform storage', function () {
  this.timeout(30_000);
  let demo: RunningDemo;

  beforeEach(async () => {
    demo = await startDemo();
  });
  afterEach(() => demo.stop());
  after(stopBrowser);

  it('says at login and with the token where data may be kept', async () => {
    const browser = await signIn(demo, AMARA);

    const { login, fields } = await launch(demo, { browser, path: '/activities/1/launch' });

    expect(login).to.include({ lti_storage_target: '_parent' });
    expect(fields).to.include({ lti_storage_target: '_parent' });
  });

  it('says nothing of it for a window of its own, which nobody holds', async () => {
    const browser = await signIn(demo, AMARA);

    const page = await browser.get('/activities/1/launch?target=window').expect(200);

    expect(readFields(page.text)).not.to.have.property('lti_storage_target');
  });

  it('is not offered where it is switched off', async () => {
    const without = await startDemo({ platformStorage: false });
    const browser = await signIn(without, AMARA);

    const { login, fields } = await launch(without, { browser, path: '/activities/1/launch' });

    expect(login).not.to.have.property('lti_storage_target');
    expect(fields).not.to.have.property('lti_storage_target');
    expect((await browser.get('/activities/1')).text).not.to.include('platform-storage');
    await without.stop();
  });

  it('tells what it can, keeps, gives back, and removes, under the message ids of the tool', async () => {
    const { frame, leave } = await openTool(demo);

    const answers = [
      await ask(frame, { subject: 'lti.capabilities', message_id: '1' }),
      await ask(frame, { subject: 'lti.get_data', key: 'state', message_id: '2' }),
      await ask(frame, { subject: 'lti.put_data', key: 'state', value: 's3cret', message_id: '3' }),
      await ask(frame, { subject: 'lti.get_data', key: 'state', message_id: '4' }),
      await ask(frame, { subject: 'lti.put_data', key: 'state', value: null, message_id: '5' }),
      await ask(frame, { subject: 'lti.get_data', key: 'state', message_id: '6' }),
    ];

    expect(answers).to.deep.equal([
      {
        subject: 'lti.capabilities.response',
        message_id: '1',
        supported_messages: [
          { subject: 'lti.capabilities' },
          { subject: 'lti.put_data' },
          { subject: 'lti.get_data' },
        ],
      },
      { subject: 'lti.get_data.response', message_id: '2', key: 'state', value: null },
      { subject: 'lti.put_data.response', message_id: '3', key: 'state', value: 's3cret' },
      { subject: 'lti.get_data.response', message_id: '4', key: 'state', value: 's3cret' },
      { subject: 'lti.put_data.response', message_id: '5', key: 'state', value: null },
      { subject: 'lti.get_data.response', message_id: '6', key: 'state', value: null },
    ]);
    await leave();
  });

  it('refuses what it cannot answer, with the code of the standard', async () => {
    const { frame, leave } = await openTool(demo);
    const big = 'x'.repeat(5_000);

    const answers = [
      await ask(frame, { subject: 'lti.put_data', key: '', value: 'a', message_id: '1' }),
      await ask(frame, { subject: 'lti.put_data', key: 'k', value: { a: 1 }, message_id: '2' }),
      await ask(frame, { subject: 'lti.get_data', key: 'k' }),
      await ask(frame, { subject: 'lti.put_data', key: 'k', value: big, message_id: '4' }),
      await ask(frame, { subject: 'lti.scrollToTop', message_id: '5' }),
    ];

    expect(answers.map((answer) => answer?.error?.code)).to.deep.equal([
      'bad_request',
      'bad_request',
      'bad_request',
      'storage_exhausted',
      'unsupported_subject',
    ]);
    await leave();
  });

  it('answers nobody but the frame of the tool', async () => {
    const { page, frame, leave } = await openTool(demo);
    const put = { subject: 'lti.put_data', key: 'k', value: 'mine', message_id: '1' };
    await ask(frame, put);

    const fromPage = await ask(page.mainFrame(), { ...put, value: 'theirs' });
    const kept = await ask(frame, { subject: 'lti.get_data', key: 'k', message_id: '2' });

    expect(fromPage).to.equal(null);
    expect(kept).to.include({ value: 'mine' });
    await leave();
  });
});

async function openTool(demo: RunningDemo) {
  const { page, context } = await openPage();
  await page.goto(demo.url);
  await page.getByRole('button', { name: 'Sign in as Amara Okafor', exact: true }).click();
  await page.goto(`${demo.url}/activities/1`);
  await page.locator('iframe.tool').contentFrame().locator('#tool').waitFor();
  const frame = await (await page.locator('iframe.tool').elementHandle())?.contentFrame();
  if (!frame) throw new Error('the page has no frame of the tool');
  return { page, frame, leave: () => context.close() };
}

interface StorageAnswer {
  subject: string;
  error?: { code: string };
}

/** Posts to the parent and gives its answer, or null where none came in time. */
async function ask(frame: Frame, message: object): Promise<StorageAnswer | null> {
  const answer = await frame.evaluate(
    `new Promise((resolve) => {
      const message = ${JSON.stringify(message)};
      const take = ({ data }) => {
        if (data?.subject === message.subject + '.response') done(data);
      };
      const late = setTimeout(() => done(null), ${ASK_MS});
      const done = (data) => {
        clearTimeout(late);
        removeEventListener('message', take);
        resolve(data && JSON.parse(JSON.stringify(data)));
      };
      addEventListener('message', take);
      parent.postMessage(message, '*');
    })`,
  );
  return answer as StorageAnswer | null; // what the page posted: asserted member by member above
}
