import type { Gateway, GatewayTool } from '@proviso/contracts';
import { until } from '@proviso/testing';
import { SEND_INVOICE, startMcpFake } from '@proviso/testing/providers/mcp';
import { describeInBrowser, openInbox, type Inbox } from './open-inbox.ts';
import { propose, read, task } from './propose.ts';
import { violationsOn } from './violations-on.ts';

describeInBrowser('the filters, the settings and the app', () => {
  let inbox: Inbox;
  beforeAll(async () => {
    inbox = await openInbox();
  }, 120_000);
  afterAll(() => inbox.close());

  it('search all that waits, narrow it by type with counts, and stay in the address', async () => {
    const office = await inbox.office();
    const { page } = office;
    await propose(office, task('Send the quote'), task('Call Grace'), {
      type: 'escalate_to_human',
      params: { reason: 'Which quote?' },
    });
    await page.reload();
    const rows = page.getByRole('region', { name: 'What waits for a decision' }).getByRole('link');
    await rows.nth(2).waitFor();
    await page.getByLabel(/^Type:/).selectOption({ label: 'task (2)' });
    await page.getByText('2 waiting').waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('quot');
    await page.getByText('1 waiting').waitFor();
    expect(await rows.allInnerTexts()).toEqual([expect.stringContaining('Task: Send the quote')]);
    expect(new URL(page.url()).searchParams.get('q')).toBe('quot');
    await propose(office, task('Another quotation'), task('Nothing of it'));
    await page.getByRole('button', { name: /1 new/ }).waitFor();
    await page.getByLabel(/^Waits:/).selectOption('over an hour');
    await page.getByText('No waiting proposal matches these filters.').waitFor();
    expect(office.complaints).toEqual([]);
  });

  it('register a tool, make it high risk, and then its card must be read to the end', async () => {
    const office = await inbox.office();
    const { page } = office;
    await page.goto('/settings');
    await page.locator('summary', { hasText: 'Register a tool' }).click();
    await page.getByLabel('Name', { exact: true }).last().fill('shop.refund');
    await page.getByLabel('Address (https)').fill('https://tools.example.com/refund');
    await page.getByRole('button', { name: 'Register a tool' }).click();
    await page.getByText('Copy this signing secret now.').waitFor();
    await page.locator('summary', { hasText: 'By type' }).click();
    const saved = page.waitForResponse(
      (reply) => reply.url().endsWith('/v1/settings') && reply.request().method() === 'PATCH',
    );
    await page.getByLabel('Risk of each shop.refund').selectOption('always high');
    await saved;
    const [id] = await propose(office, {
      type: 'shop.refund',
      params: Object.fromEntries(Array.from({ length: 80 }, (_, at) => [`field_${at}`, at])),
    });
    await page.goto('/');
    await page.getByText('high risk').first().waitFor();
    expect(await page.getByRole('button', { name: 'Approve' }).first().isDisabled()).toBe(true);
    expect((await read(office, id)).status).toBe('pending_approval');
    await page.goto('/settings');
    const remove = page.getByRole('button', { name: 'Delete shop.refund' });
    await remove.click();
    await page.getByRole('button', { name: 'Delete for good: shop.refund' }).click();
    await page.getByText('No tool yet.').waitFor();
  });

  it('set the rate limits of an account', async () => {
    const office = await inbox.office();
    const { page } = office;
    await page.goto('/settings');
    await page.locator('summary', { hasText: 'Rate limits of' }).first().click();
    await page.getByLabel('Per hour').first().fill('20');
    await page.getByLabel('Per day').first().fill('none');
    const form = page.locator('form', { has: page.getByLabel('Per hour') }).first();
    await form.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved.').waitFor();
    const { body } = await office.reviewer<{ identities: { pacing: unknown }[] }>('GET', '/v1/identities');
    expect(body.identities.map(({ pacing }) => pacing)).toContainEqual({ per_hour: 20, per_day: null });
  });

  it('choose a digest, and the account that mails are sent through', async () => {
    const office = await inbox.office();
    const { page } = office;
    await inbox.world.db.tables.identities.updateMany({
      where: { workspace_id: office.workspaceId },
      data: { provider: 'smtp', name: 'Office mail' },
    });
    await page.goto('/settings');
    await page.getByText('This workspace sends no mails yet.').waitFor();
    await page.getByLabel('Mails to members are sent through').selectOption('Office mail');
    await page.getByText('This workspace sends no mails yet.').waitFor({ state: 'detached' });
    await page.getByLabel('A digest each day').selectOption('from 08:00');
    await page.getByText(/^Your time zone: /).waitFor();
    const { body } = await office.reviewer<{ settings: object }>('GET', '/v1/settings');
    const { origin } = new URL(page.url());
    expect(body.settings).toMatchObject({ notification_mail: { inbox_url: origin } });
    expect(await inbox.world.db.tables.notification_settings.findFirst()).toMatchObject({ digest_hour: 8 });
    expect(office.complaints).toEqual([]);
  });

  it('add a gateway, decide what its tools are, and show what a server changed about one until it is reviewed', async () => {
    const server = await startMcpFake({ token: 's3cret' });
    const office = await inbox.office();
    const { page, reviewer } = office;
    const account = {
      provider: 'mcp',
      name: 'Billing',
      config: { url: server.address },
      credentials: { token: 's3cret' },
    };
    await reviewer('POST', '/v1/identities', account);
    await page.goto('/settings');
    await page.locator('summary', { hasText: 'Add a gateway' }).click();
    const form = page.locator('form', { has: page.getByRole('group', { name: 'Agents that may use it' }) });
    await form.getByLabel('Name').fill('Invoices');
    await form.getByLabel('Billing', { exact: true }).check();
    await form.getByLabel('Outreach').check();
    await form.getByRole('button', { name: 'Save' }).click();
    await page.getByText('for Outreach').waitFor();
    await page.locator('summary', { hasText: /^Tools$/ }).click();
    const access = page.getByLabel('What agents may do with send_invoice');
    await page.getByText('The server calls it a read.').waitFor();
    await access.selectOption('denied');
    const gateways = async () => (await reviewer<{ gateways: Gateway[] }>('GET', '/v1/gateways')).body.gateways;
    const [gateway] = await gateways();
    const tool = async () =>
      (await reviewer<{ tools: GatewayTool[] }>('GET', `/v1/gateways/${gateway!.gateway_id}/tools`)).body.tools[0]!;
    await until('the decision to be stored', async () => (await tool()).access === 'denied');

    server.tools[0] = { ...SEND_INVOICE, description: 'Sends an invoice to anybody.' };
    await page.getByRole('button', { name: 'List tools again' }).click();
    await page.getByText('Reworded: agents see the words that were reviewed.').waitFor();
    await page.locator('ins', { hasText: 'anybody' }).waitFor();
    await page.locator('summary', { hasText: 'Client configuration' }).click();
    await page.getByText(`/mcp/${gateway!.gateway_id}`).waitFor();
    expect(await violationsOn(page)).toEqual([]);
    await page.getByRole('button', { name: 'Reviewed: send_invoice' }).click();
    await page.getByText('Reworded:').waitFor({ state: 'hidden' });
    expect(await tool()).toMatchObject({ access: 'denied', change: null });
    expect(office.complaints).toEqual([]);
    await server.close();
  });

  it('can be installed: a manifest with icons, and a worker that answers no request and stores nothing', async () => {
    const { page, complaints } = await inbox.office();
    const address = await page.locator('link[rel=manifest]').getAttribute('href');
    const manifest = (await (await page.request.get(address ?? '')).json()) as {
      display: string;
      start_url: string;
      icons: { src: string }[];
    };
    expect(manifest).toMatchObject({ display: 'standalone', start_url: '/' });
    expect(manifest.icons).toHaveLength(2);
    for (const { src } of manifest.icons)
      expect((await page.request.get(src)).headers()['content-type']).toBe('image/png');
    await page.evaluate('navigator.serviceWorker.ready.then(() => undefined)');
    await page.reload();
    await page.getByText('Nothing waits for you.').waitFor();
    const kept = await page.evaluate(
      'caches.keys().then((names) => [names, navigator.serviceWorker.controller !== null])',
    );
    expect(kept).toEqual([[], true]);
    expect(complaints).toEqual([]);
  });

  it('show a toast over the list, never over a button of the edit form', async () => {
    const office = await inbox.office();
    const { page } = office;
    await propose(office, task('One'), task('Two', { description: 'line\n'.repeat(60) }));
    await page.reload();
    await page.getByRole('heading', { name: 'Task: One' }).waitFor();
    await page.keyboard.press('a');
    await page.getByText('Approved “Task: One”.').waitFor();
    await page.getByRole('heading', { name: 'Task: Two' }).waitFor();
    await page.keyboard.press('e');
    for (const [width, height] of [
      [1440, 900],
      [1024, 700],
      [375, 667],
    ] as const) {
      await page.setViewportSize({ width, height });
      const toast = await page.locator('.bg-toast').first().boundingBox();
      if (!toast) throw new Error('The toast has gone.');
      const buttons = page.getByRole('region', { name: 'The proposal' }).getByRole('button');
      for (const button of await buttons.all()) {
        const box = await button.boundingBox();
        const apart =
          !box ||
          box.x >= toast.x + toast.width ||
          box.x + box.width <= toast.x ||
          box.y >= toast.y + toast.height ||
          box.y + box.height <= toast.y;
        expect([width, await button.innerText(), apart]).toEqual([width, expect.any(String), true]);
      }
    }
  });
});
