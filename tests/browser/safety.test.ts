import { describeInBrowser, openInbox, type Inbox } from './open-inbox.ts';
import { propose, task } from './propose.ts';
import { violationsOn } from './violations-on.ts';

const input_schema = {
  type: 'object',
  description: 'What the shop takes.',
  properties: {
    amount: { type: 'integer', minimum: 1, title: 'Amount', description: 'In cents.' },
    reason: { type: 'string', enum: ['Broken', 'Lost'] },
    lines: { type: 'array', title: 'Lines', items: { type: 'string' } },
    more: { type: 'object', properties: { urgent: { type: 'boolean' } } },
  },
  required: ['amount'],
};

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
      expect(office.complaints).toEqual([]);
    },
    120_000,
  );

  it.each(['light', 'dark'] as const)(
    'is free of them while a dialog, a form or a notice is open, in the %s theme',
    async (colorScheme) => {
      const office = await inbox.office({ colorScheme });
      const { page, reviewer } = office;
      const isFree = async (what: string): Promise<void> =>
        expect([what, await violationsOn(page)]).toEqual([what, []]);
      await reviewer('POST', '/v1/tools', { name: 'shop.refund', url: 'https://tools.example.com/x', input_schema });
      const params = { amount: 500, reason: 'Broken', lines: ['cup'], more: { urgent: true }, odd: [{ a: 1 }] };
      const [form, tool] = await propose(
        office,
        task('One', { description: 'For 50 seats' }),
        { type: 'shop.refund', params },
        task('Two'),
      );
      const open = async (address: string): Promise<void> => {
        await page.goto(address);
        await page.getByRole('region', { name: 'The proposal' }).waitFor();
      };
      await open(`/?open=${form}`);
      for (const key of ['r', 's', 'h', '?', 'ControlOrMeta+k']) {
        await page.keyboard.press(key);
        await page.getByRole('dialog').waitFor();
        await isFree(`the dialog of ${key}`);
        await page.keyboard.press('Escape');
        await page.getByRole('dialog').waitFor({ state: 'hidden' });
      }
      for (const [name, role] of [
        ['Stop', 'dialog'],
        ['Your account', 'menu'],
      ] as const) {
        await page.getByRole('button', { name }).first().click();
        await page.getByRole(role).waitFor();
        await isFree(`the ${role} of ${name}`);
        await page.keyboard.press('Escape');
        await page.getByRole(role).waitFor({ state: 'hidden' });
      }
      await page.keyboard.press('e');
      await page.getByLabel('Description').fill('For 60 seats');
      await page.getByRole('region', { name: 'What you changed' }).waitFor();
      await isFree('a form');
      await open(`/?open=${tool}`);
      await page.keyboard.press('e');
      await page.getByRole('region', { name: 'The proposal' }).getByLabel('Amount').fill('0');
      await isFree('the form of a tool, with an error');
      await open(`/?open=${form}`);
      await reviewer('POST', `/v1/actions/${form}/approve`, { action: 'reject' });
      await page.getByRole('status').getByText('rejected by').waitFor();
      await isFree('a card that was decided elsewhere');
      await page.keyboard.press('j');
      await page.keyboard.press('x');
      await page.getByRole('region', { name: '1 selected' }).waitFor();
      await isFree('a selection');
      await page.keyboard.press('a');
      await page.getByRole('button', { name: /Undo/ }).waitFor();
      await isFree('a toast');
    },
    120_000,
  );

  it.each(['light', 'dark'] as const)(
    'is free of them for whoever is not signed in, in the %s theme',
    async (colorScheme) => {
      const office = await inbox.office({ colorScheme });
      const { page, reviewer } = office;
      const { body } = await reviewer<{ secret: string }>('POST', '/v1/invitations', {
        email: `${office.agentId}@example.com`,
        role: 'reviewer',
      });
      await page.context().clearCookies();
      for (const [address, text] of [
        [`/welcome#invitation=${body.secret}`, 'Join the workspace'],
        ['/welcome#token=used', 'This link no longer works.'],
        ['/sign-in?next=%2Factions', 'Sign in'],
        ['/nowhere', 'There is no page at this address.'],
      ] as const) {
        await page.goto('about:blank'); // a fragment alone loads nothing
        await page.goto(address);
        await page.getByText(text).first().waitFor();
        expect([address, await violationsOn(page)]).toEqual([address, []]);
      }
    },
    120_000,
  );
});
