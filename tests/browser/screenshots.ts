import { until } from '@proviso/testing';
import type { Page } from 'playwright-core';
import { openInbox, type Office } from './open-inbox.ts';
import { propose, read, task, type Proposal } from './propose.ts';

const DIR = 'docs/images';
const APPROVED_BEFORE = 12;

export async function drawScreenshots(): Promise<void> {
  const inbox = await openInbox();
  try {
    const office = await inbox.office();
    await inbox.world.db.tables.workspaces.updateMany({ data: { name: 'Northwind' } });
    const { reviewer } = office;
    const { body } = await reviewer<{ identity: { identity_id: string } }>('POST', '/v1/identities', {
      provider: 'smtp',
      name: 'Support mail',
      config: { host: 'smtp.northwind.example', port: 587, from: 'Northwind <support@northwind.example>' },
    });
    const mailId = body.identity.identity_id;
    await approveEarlier(office, mailId);
    const refund = await fill(office, mailId);
    const { agent_id, run_id } = await readOfRun(office);
    const { page } = office;
    const card = `/?open=${refund}`;
    const shoot = async (name: string, address: string): Promise<void> => {
      await page.goto(address);
      await page.getByRole('heading').first().waitFor();
      await page
        .getByText('live', { exact: true })
        .or(page.getByRole('button', { name: 'Approve' }))
        .first()
        .waitFor();
      await page.getByText(/^(?:Loading|Reading)/).waitFor({ state: 'hidden' });
      await settled(page);
      await page.screenshot({ path: `${DIR}/${name}.png`, animations: 'disabled', caret: 'hide' });
    };
    await shoot('inbox', card);
    await shoot('inbox-template', `/review?type=email_message&agent=${agent_id}&run=${run_id}`);
    await page.emulateMedia({ colorScheme: 'dark' });
    await shoot('inbox-dark', card);
    await page.emulateMedia({ colorScheme: 'light' });
    await page.setViewportSize({ width: 375, height: 760 });
    await shoot('inbox-phone', card);
  } finally {
    await inbox.close();
  }
}

/** Nothing has moved between two looks: the frame of a mail has its height by then. */
async function settled(page: Page): Promise<void> {
  let before = '';
  await until('the page to be still', async () => {
    const now = (await page.screenshot()).toString('base64');
    const isStill = now === before;
    before = now;
    return isStill;
  });
}

const mail = (mailId: string, params: object, more: Partial<Proposal> = {}): Proposal => ({
  type: 'email_message',
  identity_id: mailId,
  ...more,
  params,
});

/** What the reviewer approved before, so that a card can say what differs from it. */
async function approveEarlier(office: Office, mailId: string): Promise<void> {
  const ids = await propose(
    office,
    ...Array.from({ length: APPROVED_BEFORE }, (_, at) =>
      mail(mailId, {
        email: `customer${at}@example.com`,
        subject: `Your order ${4_600 + at}`,
        message: `Dear customer,\n\nyour order ${4_600 + at} leaves our warehouse tomorrow.\n\nKind regards, Northwind`,
      }),
    ),
  );
  for (const id of ids) {
    const { params_hash } = await read(office, id);
    await office.reviewer('POST', `/v1/actions/${id}/approve`, { action: 'approve', params_hash });
  }
}

/** What waits; the id of the refund, which has something to find. */
async function fill(office: Office, mailId: string): Promise<string> {
  const { reviewer } = office;
  const ada = await reviewer<{ contact: { contact_id: string } }>('POST', '/v1/contacts', {
    email: 'ada@example.com',
    properties: { name: 'Ada Lovelace', title: 'Analyst' },
  });
  const contoso = await reviewer<{ company: { company_id: string } }>('POST', '/v1/companies', {
    name: 'Contoso',
    domain: 'contoso.example',
  });
  const { contact_id } = ada.body.contact;
  const [refund = ''] = await propose(
    office,
    mail(
      mailId,
      {
        email: 'ada@example.com',
        subject: 'Your refund for order 4711',
        message: 'Dear Ada,\n\nwe have refunded €480.00 for order 4711.\n\nKind regards, Northwind',
        html: '<p>Dear Ada,</p><p>we have refunded <b>€480.00</b> for order 4711. <a href="https://xn--pypl-53dc.example/track">Track it on paypal.com</a></p><p>Kind regards, Northwind</p>',
        cc: 'sales@northwind.example',
      },
      { description: 'She wrote twice. The amount is the one of her invoice.' },
    ),
    { type: 'update_lifecycle_stage', params: { contact_id, lifecycle_stage: 'customer' } },
    {
      ...task('Send Contoso the quote', { description: '50 seats, annual.', contact_id }),
      description: 'They asked on Monday.',
    },
    {
      type: 'escalate_to_human',
      params: { reason: 'Contoso asks for a discount. What may I offer?', options: ['Nothing', '10 %', '20 %'] },
    },
    { type: 'create_note', params: { contact_id, content: 'Asked for a quote for 50 seats.' } },
    {
      type: 'update_company',
      params: { company_id: contoso.body.company.company_id, properties: { industry: 'Logistics' } },
    },
  );
  await followUps(office, mailId);
  return refund;
}

const NAMES = ['Kim', 'Ravi', 'Eva', 'Ben', 'Noor', 'Luis', 'Mei', 'Tom'];
const HOSTS = ['contoso', 'adatum', 'wingtip', 'fabrikam', 'litware'];
const TOPICS = [
  ['yesterday’s demo', 'You asked how exports work.'],
  ['pricing', 'The tiers are in the attached sheet.'],
  ['onboarding', 'Your team of twelve could start next week.'],
];
const DAYS = ['Monday', 'Tuesday', 'Friday'];

/** Forty of one run: thirty-seven alike, and three that are not. */
async function followUps(office: Office, mailId: string): Promise<void> {
  const run = await office.agent<{ run: { run_id: string } }>('POST', `/v1/agents/${office.agentId}/runs`, {
    metadata: { name: 'Q4 follow-ups' },
  });
  const { run_id } = run.body.run;
  const follow = (email: string, name: string, [topic, said]: readonly string[], day: string): Proposal =>
    mail(
      mailId,
      {
        email,
        subject: `Following up on ${topic}`,
        message: `Hi ${name},\n\ncircling back on ${topic}. ${said}\n\nWould ${day} work for a short call?\n\nBest, Northwind`,
      },
      { run_id },
    );
  const pick = <T>(from: readonly T[], at: number): T => from[at % from.length] as T;
  const alike = Array.from({ length: 37 }, (_, at) =>
    follow(
      `${pick(NAMES, at).toLowerCase()}${at}@${pick(HOSTS, at)}.example`,
      pick(NAMES, at),
      pick(TOPICS, at),
      pick(DAYS, at),
    ),
  );
  const odd = [
    follow(
      'cfo@globex.example',
      'Sam',
      ['the audit', 'As discussed, we waive the penalty of €12 000 if you sign by Friday.'],
      'Friday',
    ),
    follow('pat@umbrella.example', '{{first_name}}', pick(TOPICS, 1), 'Monday'),
    follow(
      'lee@initech.example',
      'Lee',
      ['yesterday’s demo', 'I also wanted to tell you how our product began. '.repeat(5).trim()],
      'Tuesday',
    ),
  ];
  await propose(office, ...alike, ...odd);
}

async function readOfRun({ reviewer }: Office): Promise<{ agent_id: string | null; run_id: string | null }> {
  const { body } = await reviewer<{ actions: { agent_id: string | null; run_id: string | null }[] }>(
    'GET',
    '/v1/actions?status=pending_approval&type=email_message&limit=100',
  );
  const found = body.actions.find(({ run_id }) => run_id !== null);
  if (!found) throw new Error('No proposal belongs to a run.');
  return found;
}
