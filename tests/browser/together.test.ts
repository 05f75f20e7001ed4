import type { Page } from 'playwright-core';
import { joinAs } from './join-as.ts';
import { describeInBrowser, openInbox, type Inbox } from './open-inbox.ts';
import { propose, read, task } from './propose.ts';

describeInBrowser('reviewers together', () => {
  let inbox: Inbox;
  beforeAll(async () => {
    inbox = await openInbox();
  }, 120_000);
  afterAll(() => inbox.close());

  const title = (page: Page) => page.getByRole('region', { name: 'The proposal' }).getByRole('heading', { level: 2 });

  it('see who else is reading a card, and what another decided: by whom, and without buttons', async () => {
    const office = await inbox.office();
    const [id] = await propose(office, task('Shared'));
    const grace = await joinAs(office, 'Grace');
    await office.page.reload();
    await title(office.page).getByText('Task: Shared').waitFor();
    await title(grace).getByText('Task: Shared').waitFor();
    await office.page.getByText('Grace is reading this too').waitFor();
    await grace.getByText('is reading this too').waitFor();
    await office.page.getByText('live', { exact: true }).waitFor();
    await grace.keyboard.press('a');
    await office.page.getByRole('status').getByText('approved by Grace').waitFor();
    expect(await office.page.getByRole('button', { name: /^Approve/ }).count()).toBe(0);
    expect((await read(office, id)).approval).toMatchObject({ by: { name: 'Grace' } });
    expect(office.complaints).toEqual([]);
  });

  it('snooze with s for themselves alone; it comes back when the proposal changes', async () => {
    const office = await inbox.office();
    const { page } = office;
    const [id] = await propose(office, task('Later'), task('Now'));
    await page.reload();
    await title(page).getByText('Task: Later').waitFor();
    await page.keyboard.press('s');
    await page.getByRole('dialog').getByText('until it changes').waitFor();
    await page.keyboard.press('5');
    await title(page).getByText('Task: Now').waitFor();
    await page.getByText('1 snoozed').waitFor();
    expect(await page.getByRole('link', { name: 'Task: Later' }).count()).toBe(0);
    await page.reload();
    await title(page).getByText('Task: Now').waitFor();
    expect(await page.getByRole('link', { name: 'Task: Later' }).count()).toBe(0);
    await page.getByText('live', { exact: true }).waitFor();
    await office.reviewer('PATCH', `/v1/actions/${id}`, { description: 'Now with a reason' });
    await page.getByRole('button', { name: /1 new/ }).click();
    await page.getByRole('link', { name: 'Task: Later' }).waitFor();
    expect(office.complaints).toEqual([]);
  });

  it('snooze until a time, at which it comes back by itself, and can undo it', async () => {
    const office = await inbox.office();
    const { page } = office;
    const [id] = await propose(office, task('Later'), task('Now'));
    await page.reload();
    await title(page).getByText('Task: Later').waitFor();
    await page.keyboard.press('s');
    await page.keyboard.press('1');
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('button', { name: /1 new/ }).click();
    await page.getByRole('link', { name: 'Task: Later' }).waitFor();
    const until = new Date(Date.now() + 4_000).toISOString();
    await office.reviewer('POST', `/v1/actions/${id}/snooze`, { until });
    await page.reload();
    await title(page).getByText('Task: Now').waitFor();
    expect(await page.getByRole('link', { name: 'Task: Later' }).count()).toBe(0);
    await page.getByRole('button', { name: /1 new/ }).click();
    await page.getByRole('link', { name: 'Task: Later' }).waitFor();
  });

  it('save filters as a view and share it, and remove the demo with one click', async () => {
    const office = await inbox.office();
    const { page } = office;
    const demo = (named: string) => ({ ...task(named), metadata: { demo: 'true' } });
    await propose(office, task('Real'), demo('First'), demo('Second'));
    const grace = await joinAs(office, 'Grace');
    await page.goto('/?type=create_task&group=none');
    await page.getByText('3 waiting').waitFor();
    await page.getByRole('button', { name: 'Save as a view' }).click();
    await page.getByLabel('Name of the view').fill('Tasks');
    await page.getByLabel('Everybody who may decide sees it').check();
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: 'Delete this view' }).waitFor();
    await grace.reload();
    await grace.getByLabel('View:').selectOption('Tasks (shared)');
    await grace.waitForURL(/type=create_task/);
    expect(new URL(grace.url()).searchParams.get('group')).toBe('none');
    expect(await grace.getByRole('button', { name: 'Delete this view' }).count()).toBe(0);
    await page.getByText('2 proposals are only a demo.').waitFor();
    await page.getByRole('button', { name: 'Remove the demo' }).click();
    await page.getByText('Removed 2 demo proposals.').waitFor();
    await page.getByText('1 waiting').waitFor();
    await page.reload();
    await title(page).getByText('Task: Real').waitFor();
    expect(await page.getByText('only a demo').count()).toBe(0);
    expect(office.complaints).toEqual([]);
  });

  it('hand a proposal over, find it under “me only”, and talk about it where the agent can read it', async () => {
    const office = await inbox.office();
    const { page } = office;
    const [id] = await propose(office, task('Yours'), task('Free'));
    const grace = await joinAs(office, 'Grace');
    await page.reload();
    await title(page).getByText('Task: Yours').waitFor();
    await page.getByLabel('Your comment').fill('You know them better.');
    await page.getByRole('button', { name: 'Comment', exact: true }).click();
    await page.getByRole('region', { name: 'Comments' }).getByText('You know them better.').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Hand over' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Grace' }).click();
    await page.getByRole('link', { name: /for Grace/ }).waitFor();
    await grace.getByLabel('For:').selectOption('me');
    await title(grace).getByText('Task: Yours').waitFor();
    expect(new URL(grace.url()).searchParams.get('assignee')).toBe('me');
    expect(await grace.getByRole('link', { name: 'Task: Free' }).count()).toBe(0);
    await grace.getByRole('region', { name: 'Comments' }).getByText('You know them better.').waitFor();
    const { body } = await office.agent<{ action: { logs: { event: string }[] } }>('GET', `/v1/actions/${id}`);
    expect(body.action.logs.map(({ event }) => event)).toEqual([
      'action.created',
      'action.commented',
      'action.assigned',
    ]);
    expect(office.complaints).toEqual([]);
  });
});
