import { existsSync } from 'node:fs';
import { freePort } from '@proviso/local-server/ports';
import { clientOf, openWorld, startApi, startProcess, until, type Running, type World } from '@proviso/testing';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** With CI set it must be there. */
export const hasChromium = existsSync(CHROMIUM);
if (process.env.CI && !hasChromium) throw new Error(`CI is set and there is no ${CHROMIUM}: apt-get install chromium`);
export const describeInBrowser = hasChromium ? describe : describe.skip;

export interface Office {
  page: Page;
  /** What the page, or the browser on its behalf, complained about. */
  complaints: string[];
  reviewer: ReturnType<typeof clientOf>;
  agent: ReturnType<typeof clientOf>;
  agentId: string;
  identityId: string;
}

/** The real api and the bundled inbox, with a browser before it. */
export interface Inbox {
  world: World;
  /** A new workspace, and its reviewer at the inbox. */
  office: (options?: BrowserContextOptions, address?: string) => Promise<Office>;
  close: () => Promise<void>;
}

/** What the pages must do with. */
const POLICY =
  "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'self'; frame-ancestors 'none'";

export async function openInbox(): Promise<Inbox> {
  const world = await openWorld();
  const running: Running[] = [];
  const api = await startApi({ databaseUrl: world.databaseUrl });
  running.push(api);
  const port = await freePort();
  const vite = ['node_modules/vite/bin/vite.js', 'preview', 'apps/inbox', '--config', 'apps/inbox/vite.config.ts'];
  const pages = startProcess([...vite, '--port', String(port), '--strictPort', '--host', '127.0.0.1'], {
    PROVISO_URL: api.url,
    PROVISO_PREVIEW_POLICY: POLICY,
  });
  running.push(pages);
  const url = `http://127.0.0.1:${port}`;
  const answers = (): Promise<boolean> =>
    fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
  await until(`${url} to answer: ${pages.output()}`, answers, 30_000);
  const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: [...args, '--disable-component-update'] });
  return {
    world,
    office: (options, address = '/') => openOffice({ world, browser, url, apiUrl: api.url }, options, address),
    close: async () => {
      await browser.close();
      await Promise.all(running.map((process) => process.kill()));
      await world.close();
    },
  };
}

interface Street {
  world: World;
  browser: Browser;
  url: string;
  apiUrl: string;
}

async function openOffice(
  { world, browser, url, apiUrl }: Street,
  options: BrowserContextOptions = {},
  address = '/',
): Promise<Office> {
  const workspace = await world.workspace();
  const token = await workspace.token({});
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    locale: 'en-GB',
    baseURL: url,
    extraHTTPHeaders: { authorization: `Bearer ${token}` },
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const complaints: string[] = [];
  page.on('pageerror', ({ message }) => complaints.push(message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await page.goto(address);
  return {
    page,
    complaints,
    reviewer: clientOf(apiUrl, token),
    agent: clientOf(apiUrl, await workspace.token({ agent: 'Outreach' })),
    agentId: await workspace.agentId('Outreach'),
    identityId: workspace.identityId,
  };
}
