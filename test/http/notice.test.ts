import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { expect } from 'chai';
import { Router } from 'express';
import { renderPage } from '../../src/http/views.js';
import { packageRoot } from '../../src/package-root.js';
import { createAgent } from '../support/browser-agent.js';
import { startTool, type TestTool } from '../support/start-tool.js';

describe('the notice after a form', () => {
  let tool: TestTool;
  before(async () => {
    const router = Router();
    router.get('/page', (req, res) =>
      renderPage(req, res, { view: 'lti/signed-out', title: 'A page' }),
    );
    tool = await startTool({ routes: () => [router] });
  });
  after(() => tool.close());

  it('is shown for a code of the catalogue, with the script that lets the address forget it', async () => {
    const { text } = await createAgent(tool.url).get('/page?notice=saved');

    expect(text).to.include('<p class="notice" role="status">Saved.</p>');
    expect(text).to.match(/<script src="\/assets\/[0-9a-f]+\/notice\.js" defer>/);
  });

  it('is not there without one, nor for a code that nobody wrote', async () => {
    const agent = createAgent(tool.url);
    const pages = [await agent.get('/page'), await agent.get('/page?notice=you-won')];

    for (const { text } of pages)
      expect(text).to.not.include('role="status"').and.not.include('notice.js');
  });

  for (const { title, from, to } of [
    {
      title: 'the notice alone',
      from: '/rules?course=c1&notice=rule-saved#top',
      to: '/rules?course=c1#top',
    },
    {
      title: 'the whole query where it holds nothing else',
      from: '/admin?notice=saved',
      to: '/admin',
    },
    { title: 'nothing where there is none', from: '/rules?course=c1', to: null },
  ])
    it(`drops from the address ${title}`, () => {
      expect(runNoticeScript(from)).to.equal(to);
    });
});

/** Runs public/notice.js at an address; what it puts in its place, or null. */
function runNoticeScript(address: string): string | null {
  const replaced: string[] = [];
  const history = {
    state: null,
    replaceState: (_state: unknown, _title: string, url: string) => replaced.push(url),
  };
  const location = { href: `https://tool.example${address}` };
  const script = readFileSync(join(packageRoot(), 'public', 'notice.js'), 'utf8');
  runInNewContext(script, { URL, window: { history, location } });
  return replaced.at(-1) ?? null;
}
