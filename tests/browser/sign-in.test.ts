import { describeInBrowser, openInbox, type Inbox } from './open-inbox.ts';
import { propose, task } from './propose.ts';

const PASSWORD = 'correct horse battery staple';

describeInBrowser('signing in at the inbox', () => {
  let inbox: Inbox;
  beforeAll(async () => {
    inbox = await openInbox();
  }, 120_000);
  afterAll(() => inbox.close());

  it('leads back to the address that was asked for, and to no other site', async () => {
    const office = await inbox.office();
    const { page, reviewer } = office;
    const [id] = await propose(office, task('Deep'));
    const email = `${id}@example.com`;
    await reviewer('PATCH', '/v1/me/password', { password: PASSWORD, email }); // their sessions end
    const signIn = async (): Promise<void> => {
      await page.getByLabel('E-mail address').fill(email);
      await page.getByLabel('Password').fill(PASSWORD);
      await page.getByRole('button', { name: 'Sign in' }).click();
    };
    await page.goto(`/actions/${id}`);
    await page.getByLabel('E-mail address').fill(email);
    await page.getByLabel('Password').fill('wrong wrong wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('The address or the password is wrong.').waitFor();
    await signIn();
    await page.getByRole('heading', { name: 'Task: Deep' }).waitFor();
    expect(new URL(page.url()).pathname).toBe(`/actions/${id}`);
    await page.getByRole('button', { name: 'Your account' }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByLabel('Password').waitFor();
    const { host } = new URL(page.url());
    for (const next of ['https://evil.example/', '//evil.example/', '/\\evil.example', 'javascript:alert(1)']) {
      await page.goto(`/sign-in?next=${encodeURIComponent(next)}`);
      await signIn();
      await page.getByText('Task: Deep').first().waitFor();
      expect(new URL(page.url()).host).toBe(host);
    }
  }, 60_000);

  it('by a link that does not work says so, and leaves no token in the address', async () => {
    const { page } = await inbox.office();
    await page.context().clearCookies();
    await page.goto('/welcome#token=used');
    await page.getByText('This link no longer works.').waitFor();
    expect(page.url()).not.toContain('token');
  });

  it('is open to whoever is invited: the link asks for a name and a password, and leads to the inbox', async () => {
    const { page } = await inbox.office();
    await page.goto('/settings');
    await page.getByLabel('E-mail address').fill('grace@example.com');
    await page.getByRole('button', { name: 'Invite' }).click();
    const link = await page.getByText('/welcome#invitation=').innerText();
    const guest = await (await page.context().browser()?.newContext())?.newPage();
    await guest?.goto(link);
    await guest?.getByLabel('Your name').fill('Grace');
    await guest?.getByLabel('Password').fill(PASSWORD);
    await guest?.getByRole('button', { name: 'Join the workspace' }).click();
    await guest?.getByText('Nothing waits for you.').waitFor();
    await page.reload();
    expect(await page.getByLabel('Role of Grace').inputValue()).toBe('reviewer');
  });

  it('is asked for again once the session was revoked, and nothing is decided without it', async () => {
    const office = await inbox.office();
    const { page, reviewer } = office;
    const [id] = await propose(office, task('Late'));
    await page.reload();
    await page.getByRole('heading', { name: 'Task: Late' }).waitFor();
    const { body } = await reviewer<{ sessions: { session_id: string }[] }>('GET', '/v1/sessions');
    for (const { session_id } of body.sessions) await reviewer('DELETE', `/v1/sessions/${session_id}`);
    await page.keyboard.press('a');
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    const { body: after } = await reviewer<{ action: { status: string } }>('GET', `/v1/actions/${id}`);
    expect(after.action.status).toBe('pending_approval');
  });
});
