import { existsSync } from 'node:fs';
import { createSignInLink } from '@proviso/core';
import { clientOf, openWorld, startApi, startWorker, type Running, type World } from '@proviso/testing';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** With CI set it must be there. */
const hasChromium = existsSync(CHROMIUM);
if (process.env.CI && !hasChromium) throw new Error(`CI is set and there is no ${CHROMIUM}: apt-get install chromium`);
export const describeInBrowser = (name: string, tests: () => void): void =>
  (hasChromium ? describe : describe.skip)(name, tests);

export interface Office {
  page: Page;
  /** What the page, or the browser on its behalf, complained about. */
  complaints: string[];
  reviewer: ReturnType<typeof clientOf>;
  agent: ReturnType<typeof clientOf>;
  workspaceId: string;
  agentId: string;
  identityId: string;
}

/** The real api and the bundled inbox, with a browser before it. */
export interface Inbox {
  world: World;
  /** A new workspace, and its reviewer, who has signed in with a link. */
  office: (options?: BrowserContextOptions) => Promise<Office>;
  /** A worker process, for what is approved from now on. */
  worker: () => Promise<void>;
  close: () => Promise<void>;
}

export function launchBrowser(): Promise<Browser> {
  const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];
  return chromium.launch({ executablePath: CHROMIUM, args: [...args, '--disable-component-update'] });
}

/** `env` is for the api and the workers. */
export async function openInbox(env: Record<string, string> = {}): Promise<Inbox> {
  const world = await openWorld();
  const running: Running[] = [];
  const fleet = { databaseUrl: world.databaseUrl, env };
  const { url, ...api } = await startApi(fleet);
  running.push(api);
  const browser = await launchBrowser();
  return {
    world,
    office: (options) => openExampleWorkspace({ world, browser, url }, options),
    worker: async () => void running.push(await startWorker(fleet)),
    close: async () => {
      await browser.close();
      await Promise.all(running.map((process) => process.kill()));
      await world.close();
    },
  };
}

interface Place {
  world: World;
  browser: Browser;
  url: string;
}

async function openExampleWorkspace(
  { world, browser, url }: Place,
  options: BrowserContextOptions = {},
): Promise<Office> {
  const workspace = await world.workspace();
  const token = await workspace.token({});
  const { user_id } = await world.db.tables.members.findFirstOrThrow({ where: { workspace_id: workspace.id } });
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    locale: 'en-GB',
    baseURL: url,
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const complaints: string[] = [];
  page.on('pageerror', ({ message }) => complaints.push(message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await page.goto(`/welcome#token=${await createSignInLink(world.db, user_id)}`);
  await page.getByText('Nothing waits for you.').waitFor();
  return {
    page,
    complaints,
    reviewer: clientOf(url, token),
    agent: clientOf(url, await workspace.token({ agent: 'Outreach' })),
    workspaceId: workspace.id,
    agentId: await workspace.agentId('Outreach'),
    identityId: workspace.identityId,
  };
}
