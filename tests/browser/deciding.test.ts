import { parseId } from '@proviso/core';
import { until } from '@proviso/testing';
import { describeInBrowser, openInbox, type Inbox, type Office } from './open-inbox.ts';
import { propose, read, task } from './propose.ts';

describeInBrowser('the inbox', () => {
  let inbox: Inbox;
  beforeAll(async () => {
    inbox = await openInbox();
  }, 120_000);
  afterAll(() => inbox.close());

  const statusIs = (office: Office, id: string | undefined, status: string) =>
    until(`${id} to be ${status}`, async () => (await read(office, id)).status === status, 10_000);
  const title = ({ page }: Office) =>
    page.getByRole('region', { name: 'The proposal' }).getByRole('heading', { level: 2 });
  const row = ({ page }: Office, name: string) => page.getByRole('link', { name });

  it('takes decisions by single keys alone: move, approve, reject with a reason; each decision opens the next card', async () => {
    const office = await inbox.office();
    const [one, two, three] = await propose(office, task('One'), task('Two'), task('Three'));
    const { page } = office;
    await page.reload();
    await title(office).getByText('Task: One').waitFor();
    await page.keyboard.press('j');
    await title(office).getByText('Task: Two').waitFor();
    await page.keyboard.press('a');
    await title(office).getByText('Task: Three').waitFor();
    await page.keyboard.press('r');
    await page.getByLabel('Reason (optional)').fill('Not needed');
    await page.keyboard.press('Enter');
    await title(office).getByText('Task: One').waitFor();
    await statusIs(office, two, 'approved');
    await statusIs(office, three, 'rejected');
    expect((await read(office, three)).approval).toMatchObject({ decision: 'reject', comment: 'Not needed' });
    expect((await read(office, one)).status).toBe('pending_approval');
    expect(office.complaints).toEqual([]);
  });

  it('opens the card of a link also beyond the first page, under the filters of the link', async () => {
    const office = await inbox.office();
    await propose(office, ...Array.from({ length: 130 }, (_, at) => task(`Call ${at + 1}`)));
    const [last] = await propose(office, task('Call the last'));
    const { page } = office;
    await page.goto(`/?type=create_task&group=none&open=${last}`);
    await title(office).getByText('Task: Call the last').waitFor();
    expect(new URL(page.url()).searchParams.get('type')).toBe('create_task');
    await page.keyboard.press('a');
    await statusIs(office, last, 'approved');
    expect(office.complaints).toEqual([]);
  });

  it('shows an edit word by word before it is sent, and sends only what was changed', async () => {
    const office = await inbox.office();
    const [id] = await propose(office, task('Send the quote', { description: 'For 50 seats' }));
    const { page } = office;
    await page.reload();
    await title(office).getByText('Send the quote').waitFor();
    await page.keyboard.press('e');
    await page.getByLabel('Description').fill('For 60 seats');
    const changes = page.getByRole('region', { name: 'What you changed' });
    expect([await changes.locator('del').innerText(), await changes.locator('ins').innerText()]).toEqual(['50', '60']);
    const { card_digest } = await read(office, id);
    await page.getByRole('button', { name: 'Approve with 1 change' }).click();
    await statusIs(office, id, 'approved');
    expect(await read(office, id)).toMatchObject({
      params: { title: 'Send the quote', description: 'For 60 seats' },
      approval: { edits: { description: 'For 60 seats' }, card_digest },
    });
    await page.goto(`/actions/${id}`);
    await page.getByText('What they saw').click();
    await page.getByText('For 50 seats', { exact: true }).waitFor();
  });

  it('draws a form from the schema of a registered tool, keeps the types, and shows the edit before it is sent', async () => {
    const office = await inbox.office();
    const { page, reviewer } = office;
    const input_schema = {
      type: 'object',
      properties: {
        order: { type: 'string', title: 'Order', default: 'B-2' },
        amount: { type: 'integer', title: 'Amount', pattern: '(a+)+$' },
        reason: { type: 'string', title: 'Reason given' },
        lines: { type: 'array', title: 'Lines', items: { type: 'string' } },
      },
      required: ['amount'],
    };
    await reviewer('POST', '/v1/tools', { name: 'shop.refund', url: 'https://tools.example.com/refund', input_schema });
    const params = { amount: 500, reason: 'Broken', lines: ['cup'], extra: true };
    const [id] = await propose(office, { type: 'shop.refund', params });
    await page.reload();
    await title(office).waitFor();
    await page.keyboard.press('e');
    await page.getByRole('region', { name: 'The proposal' }).getByLabel('Amount').fill('600');
    await page.getByRole('region', { name: 'The proposal' }).getByLabel('Reason given').fill('Lost');
    const changes = page.getByRole('region', { name: 'What you changed' });
    expect(await changes.locator('dt').allInnerTexts()).toEqual(['amount', 'reason']);
    await page.getByRole('region', { name: 'The proposal' }).getByLabel('extra').uncheck();
    await page.getByRole('button', { name: 'Approve with 3 changes' }).click();
    await statusIs(office, id, 'approved');
    const { params: sent, approval } = await read(office, id);
    expect(sent).toEqual({ amount: 600, reason: 'Lost', lines: ['cup'], extra: false });
    expect(approval?.edits).toEqual({ amount: 600, reason: 'Lost', extra: false });
    expect(office.complaints).toEqual([]);
  });

  it('answers a question with the key of an option', async () => {
    const office = await inbox.office();
    const params = { reason: 'What may I offer?', options: ['Nothing', '10 %', '20 %'] };
    const [id] = await propose(office, { type: 'escalate_to_human', params });
    const { page } = office;
    await page.reload();
    await page.getByRole('button', { name: '10 %' }).waitFor();
    await page.keyboard.press('a'); // no approval leaves a question open
    await page.keyboard.press('2');
    await statusIs(office, id, 'approved');
    expect((await read(office, id)).params).toMatchObject({ answer: '10 %' });
  });

  it('keeps what arrives behind a count, and the rows where they are, until it is asked for', async () => {
    const office = await inbox.office();
    await propose(office, task('Old'));
    const { page } = office;
    await page.reload();
    await title(office).getByText('Task: Old').waitFor();
    await page.getByText('live', { exact: true }).waitFor();
    await propose(office, task('Fresh'));
    await page.getByRole('button', { name: /1 new/ }).waitFor();
    expect(await row(office, 'Task: Fresh').count()).toBe(0);
    await page.keyboard.press('.');
    await row(office, 'Task: Fresh').waitFor();
    expect(await title(office).innerText()).toContain('Task: Old');
  });

  it('says at once who decided elsewhere, and takes the buttons away', async () => {
    const office = await inbox.office();
    const [id] = await propose(office, task('Contested'));
    const { page, reviewer } = office;
    await page.reload();
    await title(office).getByText('Task: Contested').waitFor();
    await page.getByText('live', { exact: true }).waitFor();
    await reviewer('POST', `/v1/actions/${id}/approve`, { action: 'reject' });
    await page.getByRole('status').getByText('rejected by owner').waitFor();
    expect(await page.getByRole('button', { name: 'Approve' }).count()).toBe(0);
  });

  it('approves nothing that was not on the screen: a proposal that changed is shown first', async () => {
    const office = await inbox.office();
    const [id] = await propose(office, task('Before'));
    const { page, agent } = office;
    await page.reload();
    await title(office).getByText('Task: Before').waitFor();
    await page.getByText('live', { exact: true }).waitFor();
    await agent('PATCH', `/v1/actions/${id}`, { params: { title: 'After' } });
    await page.getByText('This proposal has changed since you opened it.').waitFor();
    await page.keyboard.press('a');
    expect((await read(office, id)).status).toBe('pending_approval');
    await page.getByRole('button', { name: 'Show what changed' }).click();
    await title(office).getByText('Task: After').waitFor();
    await page.keyboard.press('a');
    await statusIs(office, id, 'approved');
  });

  it('holds an approval for a while, shows how long, and takes it back with one key', async () => {
    const office = await inbox.office();
    const [id] = await propose(office, task('Hasty'), task('Next'));
    const { page } = office;
    await page.reload();
    await title(office).getByText('Task: Hasty').waitFor();
    await page.keyboard.press('a');
    await page.getByRole('button', { name: /Undo \d+ s/ }).waitFor();
    await statusIs(office, id, 'approved');
    await page.keyboard.press('z');
    await page.getByText('Took “Task: Hasty” back. It waits again.').waitFor();
    await statusIs(office, id, 'pending_approval');
    await row(office, 'Task: Hasty').click();
    await page.keyboard.press('a');
    await statusIs(office, id, 'approved');
  });

  it('decides on all that are ticked, takes all of that back, and folds equal proposals into one row', async () => {
    const office = await inbox.office();
    const ids = await propose(office, task('Same'), task('Same'), task('Other'), task('Left'));
    const { page } = office;
    await page.reload();
    await row(office, 'Task: Same').getByText('2 equal').waitFor();
    await page.keyboard.press('x');
    await page.keyboard.press('j');
    await page.keyboard.press('x');
    await page.getByRole('region', { name: '3 selected' }).waitFor();
    await page.keyboard.press('a');
    for (const id of ids.slice(0, 3)) await statusIs(office, id, 'approved');
    expect((await read(office, ids[3])).status).toBe('pending_approval');
    await page.getByRole('button', { name: /Undo \d+ s/ }).click();
    for (const id of ids) await statusIs(office, id, 'pending_approval');
  });

  it('reviews forty of one run as one template, leaves what stands out, and changes a cell of one alone', async () => {
    const office = await inbox.office();
    const { body } = await office.agent<{ run: { run_id: string } }>('POST', `/v1/agents/${office.agentId}/runs`, {
      metadata: { name: 'Quotes' },
    });
    const due = (at: number) => task(`Send the quote to customer ${at} by Friday`, { description: `Seats: ${at}` });
    const odd = [
      'Send the quote to {{customer}} by Friday',
      'Something else that has no common line',
      'Send the quote to a customer for €12 000 by Friday',
    ];
    const proposals = [
      ...Array.from({ length: 37 }, (_, at) => due(at)),
      ...odd.map((name) => task(name, { description: 'Seats: 5' })),
    ];
    const ids = await propose(office, ...proposals.map((each) => ({ ...each, run_id: body.run.run_id })));
    const { page } = office;
    await page.reload();
    await page.getByRole('link', { name: /40 alike/ }).click();
    await page.getByText('3 stand out').waitFor();
    await page.getByRole('button', { name: /: 7$/ }).last().click();
    await page.keyboard.press('Control+A');
    await page.keyboard.type('70');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: /^Change in all ticked rows: .*Friday/ }).click();
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.type('by Monday');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Approve 37 ticked with 1 change to all' }).click();
    for (const id of ids.slice(0, 37)) await statusIs(office, id, 'approved');
    for (const id of ids.slice(37)) expect((await read(office, id)).status).toBe('pending_approval');
    const decided = await Promise.all(ids.slice(0, 37).map((id) => read(office, id)));
    for (const { params, approval } of decided) {
      expect(params.title).toMatch(/^Send the quote to customer \d+ by Monday$/);
      expect(approval?.edits).toHaveProperty('title');
    }
    expect(decided.filter(({ approval }) => approval?.edits?.description)).toHaveLength(1);
    expect(office.complaints).toEqual([]);
  }, 60_000);

  it('approves nothing of high risk before its card was read to the end: by key, in a selection, or after a look at its form', async () => {
    const office = await inbox.office();
    const long = Array.from({ length: 120 }, (_, n) => `Line ${n} of the announcement.`).join('\n');
    const ids = await propose(office, task('Loud one'), task('Loud two'));
    // As if each were a message to everybody in a channel: no account has to exist, since nothing is sent.
    await inbox.world.db.pool.query(
      `update actions set type = 'send_slack_message', params = params || '{"message": "<!channel> hello"}',
         preview = preview || jsonb_build_object('body', jsonb_build_object('text', $2::text))
       where id = any($1)`,
      [ids.map((id) => parseId('action', id)), long],
    );
    const { page } = office;
    const sent: string[] = [];
    page.on('request', (request) => {
      if (request.method() === 'POST' && request.url().includes('/approve')) sent.push(request.url());
    });
    await page.reload();
    await page.getByText('read to the end to approve').waitFor();
    await page.keyboard.press('a');
    await page.keyboard.press('x');
    await page.keyboard.press('j');
    await page.keyboard.press('x');
    await page.getByRole('region', { name: '2 selected' }).waitFor();
    await page.keyboard.press('a');
    await page.getByText('2 proposals are of high risk. Open each and read it to the end').waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('e');
    await page.getByRole('button', { name: 'Discard the changes' }).press('Enter');
    await page.keyboard.press('a');
    expect(sent).toEqual([]);
    await page.locator('[data-end-of-card]').scrollIntoViewIfNeeded();
    await page.getByText('all read').waitFor();
    await page.keyboard.press('a');
    await until('the approval to be sent', () => sent.length === 1, 10_000);
  });

  it('makes an unknown outcome work: what is known, where to look, and a finding that two people cannot both give', async () => {
    const office = await inbox.office();
    const [lost, other] = await propose(office, task('Lost'), task('Other'));
    const { page, reviewer } = office;
    await inbox.world.db.pool.query(
      `update actions set status = 'failed', status_reason = 'outcome_unknown', completed_at = now(),
         started_at = now(), effect_started_at = now(),
         error = '{"code": "outcome_unknown", "message": "The response was lost.", "retryable": false}'
       where id = any($1)`,
      [[lost, other].map((id) => parseId('action', id ?? ''))],
    );
    await page.goto('/unknown');
    await row(office, 'Task: Lost').click();
    const panel = page.getByRole('region', { name: 'Did it happen?' });
    await panel.getByText('What is known: The response was lost.').waitFor();
    await panel.getByText(/^The work had started.*The effect started at/).waitFor();
    expect(await page.getByRole('button', { name: 'Propose again', exact: true }).count()).toBe(0);
    await panel.getByLabel('How you know (optional)').fill('Nobody has the task.');
    await panel.getByRole('button', { name: 'It did not: propose again' }).click();
    await page.getByText('It waits for a person.').waitFor();
    await page.getByRole('link', { name: 'The earlier action' }).click();
    await page.getByText('Outcome confirmed by owner').waitFor();
    await page.getByText('Nobody has the task.', { exact: true }).waitFor();
    expect((await read(office, lost)).status_reason).toBe('confirmed_not_done');
    await page.getByRole('link', { name: 'Proposed again' }).click();
    await page.getByText('It waits for a person.').waitFor();

    await page.goto(`/actions/${other}`);
    await panel.waitFor();
    // Somebody else confirms while ours is on its way.
    await page.route('**/outcome', async (route) => {
      await reviewer('POST', `/v1/actions/${other}/outcome`, { outcome: 'not_done' });
      await route.continue();
    });
    await panel.getByRole('button', { name: 'It happened' }).click();
    await page.getByText('has already confirmed the outcome: it did not happen.').waitFor();
    await page.getByText('it did not happen', { exact: true }).waitFor();
    expect((await read(office, other)).status_reason).toBe('confirmed_not_done');
  });

  it('takes no single key where they are switched off', async () => {
    const office = await inbox.office();
    const [id] = await propose(office, task('Careful'));
    const { page } = office;
    await page.reload();
    await title(office).getByText('Task: Careful').waitFor();
    await page.keyboard.press('?');
    await page.getByRole('button', { name: 'Turn single keys off' }).click();
    await page.keyboard.press('Escape');
    await page.keyboard.press('a');
    await page.getByRole('button', { name: 'Edit' }).click();
    await page.getByLabel('Title').waitFor();
    expect((await read(office, id)).status).toBe('pending_approval');
  });

  it('fits a phone: list, card, back', async () => {
    const office = await inbox.office({ viewport: { width: 375, height: 760 }, hasTouch: true });
    const [id] = await propose(office, task('On the way'));
    const { page } = office;
    await page.reload();
    await row(office, 'Task: On the way').tap();
    await title(office).getByText('Task: On the way').waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    await page.getByRole('button', { name: 'Back to the list' }).tap();
    await row(office, 'Task: On the way').tap();
    await page.getByRole('button', { name: 'Approve' }).tap();
    await statusIs(office, id, 'approved');
  });
});
