import { Router } from 'express';
import { expect } from 'chai';
import mongoose from 'mongoose';
import type { Frame, Page } from 'playwright-core';
import { getCurrentLaunch } from '../../src/lti/current-launch.js';
import { requireLaunch } from '../../src/lti/guards.js';
import { expectAccessible, expectOtherColours, openPage, stopBrowser } from '../support/browser.js';
import { startFakePlatform, type FakePlatform } from '../support/fake-platform.js';
import {
  serveFramePages,
  startCookieEater,
  type CookieEater,
  type Storage,
} from '../support/framing-platform.js';
import { connectPlatform } from '../support/launch-as.js';
import { startTool, type TestTool } from '../support/start-tool.js';

/** The tool at localhost in a frame of a platform at 127.0.0.1, third-party cookies blocked; `eater`'s frame gets none at all. */
describe('three ways in, in a real browser', function () {
  this.timeout(30_000);
  let tool: TestTool;
  let strictTool: TestTool;
  let eater: CookieEater;
  let platform: FakePlatform;
  const routes = () => {
    const router = Router();
    router.get('/frameworks', requireLaunch(), (req, res) => {
      const { userName } = getCurrentLaunch(req);
      res.send(`<!doctype html><html lang="en"><title>Tool</title><h1>Hello ${userName}</h1>`);
    });
    return [router];
  };

  before(async () => {
    [platform, eater] = await Promise.all([startFakePlatform(), startCookieEater()]);
    tool = await startTool({ routes });
    strictTool = await startTool({ routes, config: { url: eater.url } });
    eater.forwardTo(strictTool.url);
  });
  after(async () => {
    await stopBrowser();
    await Promise.all([tool.close(), strictTool.close(), eater.close(), platform.close()]);
  });
  beforeEach(async () => {
    platform.calls.length = 0;
    await connectPlatform(platform);
  });

  const HELLO = 'Hello Ana Ruiz';
  const BUTTON = 'Open Crosswalk in a new window';
  const entries = async () =>
    (await mongoose.connection.collection('launches').find({}).toArray()).map(
      (launch) => launch['entry'] as unknown,
    );
  /** How often the platform's hints were spent. */
  const spent = () => platform.calls.filter(({ url }) => url.startsWith('/auth')).length;
  const frameOf = (page: Page): Frame => {
    const frame = page.frame({ name: 'tool' });
    if (!frame) throw new Error('the course page has no frame');
    return frame;
  };

  async function openCourse(
    storage: Storage,
    options: { strict?: boolean; host?: FakePlatform } = {},
  ): Promise<{ page: Page; frame: Frame; leave: () => Promise<void> }> {
    const toolUrl = options.strict === false ? tool.url : eater.url;
    const { host = platform } = options;
    const address = serveFramePages({ platform, toolUrl, storage, host });
    const { page, context } = await openPage({ width: 400, height: 700 });
    await page.goto(address);
    return { page, frame: frameOf(page), leave: () => context.close() };
  }

  /** Presses the one button and waits for the window that it opens. */
  async function pressButton(page: Page, frame: Frame): Promise<Page> {
    await frame.getByRole('button', { name: BUTTON }).waitFor();
    expect(await frame.getByRole('button').count()).to.equal(1);
    const [opened] = await Promise.all([
      page.context().waitForEvent('page'),
      frame.getByRole('button', { name: BUTTON }).click(),
    ]);
    return opened;
  }

  it('one: a partitioned cookie comes back, and the launch ends in the frame', async () => {
    const { page, frame, leave } = await openCourse('none', { strict: false });

    await frame.getByRole('heading', { name: HELLO }).waitFor();

    expect(page.context().pages()).to.have.length(1);
    expect(await entries()).to.deep.equal(['cookie']);
    expect(spent()).to.equal(1);
    await leave();
  });

  it('two: the platform’s storage proves the state, and the window keeps the session', async () => {
    const { page, frame, leave } = await openCourse('answers');

    const opened = await pressButton(page, frame);

    await opened.getByRole('heading', { name: HELLO }).waitFor();
    expect(await page.evaluate('window.heard')).to.deep.equal([
      'lti.put_data',
      'lti.get_data',
      'lti.put_data',
    ]);
    expect(await entries()).to.deep.equal(['storage']);
    expect(spent()).to.equal(1);
    expect(await opened.evaluate('window.opener')).to.equal(null);
    await leave();
  });

  it('two: storage in a frame of its own beside the tool’s, which the login names', async () => {
    const { page, frame, leave } = await openCourse('named-frame');

    const opened = await pressButton(page, frame);

    await opened.getByRole('heading', { name: HELLO }).waitFor();
    expect(await page.evaluate('window.heard'), 'the page that holds both').to.deep.equal([]);
    expect(await page.evaluate('window.frames.post_message_forwarding.heard')).to.deep.equal([
      'lti.put_data',
      'lti.get_data',
      'lti.put_data',
    ]);
    expect(await entries()).to.deep.equal(['storage']);
    expect(spent()).to.equal(1);
    await leave();
  });

  it('three: a window of its own, and the hints are spent in it', async () => {
    const { page, frame, leave } = await openCourse('none');
    await frame.getByRole('button', { name: BUTTON }).waitFor();
    await expectAccessible(frame, 'the page with the button');
    await expectOtherColours(frame, 'the page with the button');
    expect(spent()).to.equal(0);

    const opened = await pressButton(page, frame);

    await opened.getByRole('heading', { name: HELLO }).waitFor();
    expect(await entries()).to.deep.equal(['window']);
    expect(spent()).to.equal(1);
    await leave();
  });

  for (const [title, storage] of [
    ['never answers', 'silent'],
    ['answers another question, or from another window', 'lies'],
  ] as const)
    it(`two, then three: a client that ${title} costs two seconds and no hint`, async () => {
      const { page, frame, leave } = await openCourse(storage);
      await frame.getByText('One moment').waitFor();
      await frame.getByRole('button', { name: BUTTON }).waitFor();
      expect(spent()).to.equal(0);

      const opened = await pressButton(page, frame);

      await opened.getByRole('heading', { name: HELLO }).waitFor();
      expect(await page.evaluate('window.heard')).to.deep.equal(['lti.put_data']);
      expect(await entries()).to.deep.equal(['window']);
      await leave();
    });

  it('two: a page of another origin around the frame hears nothing of the secret', async () => {
    const stranger = await startFakePlatform();
    try {
      const { page, frame, leave } = await openCourse('answers', { host: stranger });

      await frame.getByRole('button', { name: BUTTON }).waitFor();

      expect(await page.evaluate('window.heard')).to.deep.equal([]);
      expect(spent()).to.equal(0);
      await leave();
    } finally {
      await stranger.close();
    }
  });
});
