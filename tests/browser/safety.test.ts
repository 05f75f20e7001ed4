import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { describeInBrowser, openInbox, type Inbox } from './open-inbox.ts';
import { propose, task } from './propose.ts';

const axe = readFileSync(createRequire(__filename).resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  id: string;
  nodes: { html: string; failureSummary: string }[];
}

async function violationsOn(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const { violations, passes } = (await page.evaluate('axe.run()')) as Record<'violations' | 'passes', Violation[]>;
  expect(passes.length).toBeGreaterThan(10);
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary}`),
  );
}

const PAYLOADS = [
  '<script>window.hit=1</script>',
  '<img src=x onerror="window.hit=1">',
  '<svg onload="window.hit=1"></svg>',
  '"><iframe srcdoc="<script>parent.hit=1</script>"></iframe>',
  '<a href="javascript:window.hit=1">click</a>',
  '<style>body{display:none}</style>',
  '<form action="https://evil.example"><input name=q autofocus onfocus="window.hit=1"></form>',
  '<meta http-equiv="refresh" content="0;url=https://evil.example">',
  '<base href="https://evil.example/">',
  '<math><mtext><table><mglyph><style><img src=x onerror="window.hit=1">',
];

describeInBrowser('every page of the inbox', () => {
  let inbox: Inbox;
  beforeAll(async () => {
    inbox = await openInbox();
  }, 120_000);
  afterAll(() => inbox.close());

  it.each(['light', 'dark'] as const)(
    'is free of accessibility violations, in the %s theme',
    async (colorScheme) => {
      const office = await inbox.office({ colorScheme });
      const { page, agent, agentId } = office;
      const { body } = await agent<{ run: { run_id: string } }>('POST', `/v1/agents/${agentId}/runs`, {});
      const alike = Array.from({ length: 6 }, (_, at) => ({
        ...task(`Send the quote number ${at}`),
        run_id: body.run.run_id,
      }));
      const params = { reason: 'What may I offer?', options: ['Nothing', '10 %'] };
      const [question, ...others] = await propose(
        office,
        { type: 'escalate_to_human', params },
        task('One'),
        task('One'),
        ...alike,
      );
      const addresses = [
        '/',
        `/?open=${question}`,
        `/review?type=create_task&agent=${(await office.reviewer<{ action: { agent_id: string } }>('GET', `/v1/actions/${question}`)).body.action.agent_id}&run=${body.run.run_id}`,
        '/actions',
        `/actions/${others[0]}`,
        '/unknown',
        '/insight',
        '/settings',
        '/sign-in',
      ];
      for (const address of addresses) {
        await page.goto(address);
        await page.getByRole('heading').first().waitFor();
        await page.getByText(/^(?:Loading|Reading)/).waitFor({ state: 'hidden' });
        expect([address, await violationsOn(page)]).toEqual([address, []]);
      }
      await page.goto(`/?open=${others[0]}`);
      await page.getByRole('button', { name: 'Edit', exact: true }).waitFor();
      for (const key of ['e', '?']) {
        await page.keyboard.press(key);
        await page.keyboard.press('Escape');
      }
      expect(await violationsOn(page)).toEqual([]);
    },
    120_000,
  );

  it('runs nothing of what agents write, in any text of a card', async () => {
    const office = await inbox.office();
    const { page, complaints } = office;
    await office.reviewer('POST', '/v1/identities', {
      provider: 'smtp',
      name: PAYLOADS[0],
      config: { host: '127.0.0.1', port: 2525, from: 'a@ours.test' },
    });
    const { body } = await office.reviewer<{ identities: { identity_id: string; provider: string }[] }>(
      'GET',
      '/v1/identities',
    );
    const smtp = body.identities.find(({ provider }) => provider === 'smtp')?.identity_id ?? '';
    const mails = PAYLOADS.map((payload) => ({
      type: 'email_message',
      params: { email: 'ada@example.com', subject: payload, message: payload, html: `<p>Hello</p>${payload}` },
      description: payload,
    }));
    const ids = await propose({ ...office, identityId: smtp }, ...mails);
    expect(ids.filter(Boolean)).toHaveLength(PAYLOADS.length);
    for (const id of ids) {
      for (const address of [`/?open=${id}`, `/actions/${id}`]) {
        await page.goto(address);
        await page.frameLocator('iframe').getByText('Hello').waitFor();
        expect(await page.evaluate('window.hit')).toBeUndefined();
        expect(await page.evaluate('getComputedStyle(document.body).display')).not.toBe('none');
      }
    }
    expect(page.url()).toContain('/actions/');
    expect(complaints.filter((complaint) => !/frame|sandbox/i.test(complaint))).toEqual([]);
  }, 120_000);
});
