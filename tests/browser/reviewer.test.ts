import { until } from '@proviso/testing';
import type { Page } from 'playwright-core';
import { joinAs } from './join-as.ts';
import { describeInBrowser, openInbox, type Inbox, type Office } from './open-inbox.ts';
import { propose, read, task } from './propose.ts';

const PASSWORD = 'correct horse battery staple';

describeInBrowser('a reviewer at the inbox', () => {
  let inbox: Inbox;
  beforeAll(async () => {
    inbox = await openInbox();
    await inbox.worker();
  }, 120_000);
  afterAll(() => inbox.close());

  const title = (page: Page) => page.getByRole('region', { name: 'The proposal' }).getByRole('heading', { level: 2 });
  const statusIs = (office: Office, id: string | undefined, status: string) =>
    until(`${id} to be ${status}`, async () => (await read(office, id)).status === status, 15_000);

  /** Gives the owner of the office a password, which ends their sessions; their address. */
  async function withPassword(office: Office): Promise<string> {
    const email = `${office.agentId}@example.com`;
    await office.reviewer('PATCH', '/v1/me/password', { password: PASSWORD, email });
    return email;
  }

  it('who undoes too late is told when the action started, and that it cannot be taken back', async () => {
    const office = await inbox.office();
    const { page, reviewer } = office;
    const [id] = await propose(office, task('Hasty'), task('Next'));
    await page.reload();
    await title(page).getByText('Task: Hasty').waitFor();
    await page.keyboard.press('a');
    await page.getByRole('button', { name: /Undo \d+ s/ }).waitFor();
    // Somebody else lets it start before the hold is over.
    await reviewer('POST', `/v1/actions/${id}/run-now`);
    await statusIs(office, id, 'completed');
    await page.keyboard.press('z');
    const { completed_at } = await read(office, id);
    await page.getByRole('alert').getByText(`it ended as completed at ${completed_at}`).waitFor();
    expect((await read(office, id)).status).toBe('completed');
  });

  it('who undoes after the hold is told the same', async () => {
    const office = await inbox.office();
    const { page, reviewer } = office;
    await reviewer('PATCH', '/v1/settings', { hold_seconds: 1 });
    const [id] = await propose(office, task('Hasty'));
    await page.reload();
    await title(page).getByText('Task: Hasty').waitFor();
    await page.keyboard.press('a');
    await statusIs(office, id, 'completed');
    const { completed_at } = await read(office, id);
    await page.keyboard.press('z');
    await page.getByRole('alert').getByText(`it ended as completed at ${completed_at}`).waitFor();
    await page.keyboard.press('z');
    await page.getByText('There is nothing to undo.').waitFor();
  });

  it('who loses a race is told by whom the proposal was decided, and has decided nothing', async () => {
    const office = await inbox.office();
    const { page, complaints } = office;
    const [id] = await propose(office, task('Contested'), task('Next'));
    const grace = await joinAs(office, 'Grace');
    await page.reload();
    await title(page).getByText('Task: Contested').waitFor();
    await title(grace).getByText('Task: Contested').waitFor();
    // Ours is on its way when Grace decides.
    await page.route('**/approve', async (route) => {
      await grace.keyboard.press('r');
      await grace.getByLabel('Reason (optional)').press('Enter');
      await statusIs(office, id, 'rejected');
      await route.continue();
    });
    await page.keyboard.press('a');
    await page.getByText('“Task: Contested” was already rejected by Grace.').waitFor();
    await page.getByRole('link', { name: 'Task: Contested' }).getByText('rejected by Grace').waitFor();
    expect((await read(office, id)).approval).toMatchObject({ decision: 'reject', by: { name: 'Grace' } });
    expect(complaints.filter((complaint) => !complaint.includes('409'))).toEqual([]);
  });

  it('who has only a keyboard signs in, reads, edits, approves and rejects', async () => {
    const office = await inbox.office();
    const { page } = office;
    const [first, second] = await propose(office, task('First', { description: 'For 50 seats' }), task('Second'));
    const email = await withPassword(office);
    await page.goto('/');
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    const focused = (): Promise<string> =>
      page.evaluate(
        `(({ tagName, labels, innerText = '', ariaLabel }) =>
          tagName === 'BODY' ? '' : [ariaLabel, labels?.[0]?.innerText, innerText].join(' '))(document.activeElement)`,
      );
    /** Moves the focus with Tab alone. */
    const tabTo = async (name: RegExp): Promise<void> => {
      for (let at = 0; at < 60; at++) {
        if (name.test(await focused())) return;
        await page.keyboard.press('Tab');
      }
      throw new Error(`Tab does not lead to ${name}`);
    };
    await tabTo(/E-mail address/);
    await page.keyboard.type(email);
    await tabTo(/Password/);
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press('Enter');
    await title(page).getByText('Task: First').waitFor();
    // Without single keys: whoever dictates switches them off.
    await page.evaluate(`localStorage.setItem('proviso.single-keys', 'off')`);
    await page.reload();
    await title(page).getByText('Task: First').waitFor();
    await tabTo(/^ *Edit/);
    await page.keyboard.press('Enter');
    await tabTo(/Description/);
    await page.keyboard.press('Control+A');
    await page.keyboard.type('For 60 seats');
    await tabTo(/Approve with 1 change/);
    await page.keyboard.press('Enter');
    await statusIs(office, first, 'approved');
    await title(page).getByText('Task: Second').waitFor();
    await tabTo(/^ *Reject/);
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await tabTo(/Reason/);
    await page.keyboard.type('Not needed');
    await page.keyboard.press('Enter');
    await statusIs(office, second, 'rejected');
    expect((await read(office, first)).params).toMatchObject({ description: 'For 60 seats' });
    expect((await read(office, second)).approval).toMatchObject({ comment: 'Not needed' });
  });

  it('whose session was revoked signs in again and is back at the address that they were at', async () => {
    const office = await inbox.office();
    const { page, reviewer } = office;
    const [id] = await propose(office, task('Deep'));
    const email = await withPassword(office);
    const signIn = async (): Promise<void> => {
      await page.getByLabel('E-mail address').fill(email);
      await page.getByLabel('Password').fill(PASSWORD);
      await page.getByRole('button', { name: 'Sign in' }).click();
    };
    await page.goto(`/?group=none&open=${id}`);
    await signIn();
    await title(page).getByText('Task: Deep').waitFor();
    for (const [address, shown] of [
      [`/?group=none&open=${id}`, title(page).getByText('Task: Deep')],
      [`/actions/${id}`, page.getByRole('heading', { name: 'What happened' })],
    ] as const) {
      await page.goto(address);
      await shown.waitFor();
      const { body } = await reviewer<{ sessions: { session_id: string }[] }>('GET', '/v1/sessions');
      for (const { session_id } of body.sessions) await reviewer('DELETE', `/v1/sessions/${session_id}`);
      const comment = page.getByLabel('Your comment');
      await comment.fill('Is this right?');
      await comment.press('Tab');
      await page.keyboard.press('Enter'); // unless the page has noticed by itself
      await page.getByRole('heading', { name: 'Sign in' }).waitFor();
      await signIn();
      await shown.waitFor();
      const { pathname, search } = new URL(page.url());
      expect(decodeURIComponent(pathname + search)).toBe(address);
    }
  });

  it('who zooms to 200 % scrolls no page sideways, and can still decide', async () => {
    // A window of 1280 px at 200 % is laid out as one of 640.
    const office = await inbox.office({ viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 });
    const { page, agentId } = office;
    const run = await office.agent<{ run: { run_id: string } }>('POST', `/v1/agents/${agentId}/runs`, {});
    const { run_id } = run.body.run;
    const alike = Array.from({ length: 6 }, (_, at) => ({ ...task(`Send the quote number ${at}`), run_id }));
    const long = 'https://example.com/'.concat('a-very-long-address/'.repeat(20));
    const [first] = await propose(office, task(`Look at ${long}`, { description: long }), ...alike);
    const { agent_id } = await read(office, first);
    for (const address of [
      '/',
      `/?open=${first}`,
      `/review?type=create_task&agent=${agent_id}&run=${run_id}`,
      '/actions',
      `/actions/${first}`,
      '/unknown',
      '/insight',
      '/settings',
      '/sign-in',
    ]) {
      await page.goto(address);
      await page.getByRole('heading').first().waitFor();
      await page.getByText(/^(?:Loading|Reading)/).waitFor({ state: 'hidden' });
      const wide = await page.evaluate(
        `[...document.querySelectorAll('body, body *')].filter((one) => one.scrollWidth > one.clientWidth + 1 &&
          ['auto', 'scroll'].includes(getComputedStyle(one).overflowX) && !one.matches('pre, [role="region"]')).map((one) => one.outerHTML.slice(0, 200))`,
      );
      expect([address, await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), wide]).toEqual([
        address,
        true,
        [],
      ]);
    }
    await page.goto(`/?open=${first}`);
    await page.getByRole('button', { name: /^Approve/ }).click();
    await statusIs(office, first, 'approved');
  });
});
