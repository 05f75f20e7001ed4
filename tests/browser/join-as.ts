import type { Page } from 'playwright-core';
import type { Office } from './open-inbox.ts';

const PASSWORD = 'correct horse battery staple';

/** A second reviewer, such as Grace, in a separate browser. */
export async function joinAs(office: Office, name: string): Promise<Page> {
  const { body } = await office.reviewer<{ secret: string }>('POST', '/v1/invitations', {
    email: `${name.toLowerCase()}-${office.agentId}@example.com`,
    role: 'reviewer',
  });
  const context = await office.page
    .context()
    .browser()
    ?.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context?.newPage();
  if (!page) throw new Error('The browser opened no page.');
  page.setDefaultTimeout(15_000);
  await page.goto(`${new URL(office.page.url()).origin}/welcome#invitation=${body.secret}`);
  await page.getByLabel('Your name').fill(name);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Join the workspace' }).click();
  await page.getByText(/\d waiting/).waitFor();
  return page;
}
