import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { freePort } from '@proviso/local-server/ports';
import { until } from '@proviso/testing';
import type { Browser } from 'playwright-core';
import { describeInBrowser, launchBrowser } from './open-inbox.ts';

const LIMIT_MS = 60_000;

describeInBrowser('a newcomer, from what npm start prints', () => {
  let dataDir: string;
  let started: ChildProcess;
  let browser: Browser;
  beforeAll(async () => {
    mkdirSync('.proviso/test', { recursive: true });
    dataDir = path.resolve(mkdtempSync('.proviso/test/newcomer-'));
    chmodSync(dataDir, 0o755); // PostgreSQL does not run as root, and must be able to enter
    browser = await launchBrowser();
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    if (started.exitCode === null) {
      const ended = once(started, 'exit');
      started.kill('SIGINT');
      await ended;
    }
    rmSync(dataDir, { recursive: true, force: true });
  }, 60_000);

  it('approves a first e-mail with the mouse alone, and it is delivered, within a minute', async () => {
    started = spawn(process.execPath, ['tools/start.mjs'], {
      env: { PATH: process.env.PATH, HOME: '', PROVISO_DATA_DIR: dataDir, PORT: String(await freePort()) },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    let output = '';
    for (const stream of [started.stdout, started.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => (output += text));
    await until('npm start to be up', () => output.includes('Ctrl-C'), 90_000);
    const link = /http:\S+\/welcome#token=\S+/.exec(output)?.[0] ?? '';
    const sent = /http:\S+(?=\s+as pages)/.exec(output)?.[0] ?? '';

    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    const pressed: string[] = [];
    page.on('console', (message) => {
      if (message.text().startsWith('key ')) pressed.push(message.text());
    });
    await page.addInitScript(`addEventListener('keydown', ({ key }) => console.log('key ' + key), true)`);
    const begin = performance.now();
    await page.goto(link);
    await page.getByRole('link', { name: 'Your order arrives on Friday' }).click();
    const card = page.getByRole('region', { name: 'The proposal' });
    await card.getByRole('heading', { name: 'ada@example.com' }).waitFor();
    await card.getByText('your order has left our warehouse today').first().waitFor();
    await page.getByRole('button', { name: 'Approve' }).click();
    const subjects = async (): Promise<string[]> => {
      const { messages } = (await (await fetch(new URL('messages', sent))).json()) as {
        messages: { subject: string }[];
      };
      return messages.map(({ subject }) => subject);
    };
    await until('the e-mail to be delivered', async () => (await subjects()).length > 0, LIMIT_MS);
    const took = performance.now() - begin;
    expect(await subjects()).toEqual(['Your order arrives on Friday']);
    expect(pressed).toEqual([]);
    expect(took).toBeLessThan(LIMIT_MS);
  }, 240_000);
});
