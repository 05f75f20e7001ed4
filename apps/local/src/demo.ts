import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '@proviso/local-server/ports';
import { readConfig } from './config.ts';
import { client, type Client, untilStatus } from './demo-client.ts';
import { timeline } from './demo-timeline.ts';
import { addressesOf, type Instance, startInstance } from './instance.ts';
import { readState } from './state.ts';
import { Teardown } from './teardown.ts';

type Say = (line: string) => void;

/**
 * `npm run demo`: follows one e-mail from an agent's proposal to its delivery, on the running instance or on a new one.
 */
export async function runDemo(): Promise<void> {
  const say: Say = (line) => void process.stdout.write(`${line}\n`);
  const teardown = new Teardown();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void teardown.close());
  try {
    const instance = (await findRunning()) ?? (await startOwn(teardown, say));
    say(`On ${instance.url}`);
    await walk(instance, say);
  } finally {
    await teardown.close();
  }
}

async function findRunning(): Promise<Instance | undefined> {
  const config = readConfig(process.env);
  const state = readState(config.dataDir);
  const { apiKey, agentKey, identityId, mailPort, mailKey, smtpPort } = state;
  if (!apiKey || !agentKey || !identityId || !mailPort || !mailKey || !smtpPort) return undefined;
  const port = process.env.PORT ? config.port : (state.port ?? config.port);
  const instance = { port, apiKey, agentKey, identityId, mailPort, mailKey, smtpPort };
  const { url, mailUrl } = addressesOf(instance);
  const answers = await Promise.all(
    [client(url, apiKey).get('/v1/auth/status'), client(mailUrl).get('/messages')].map((answer) =>
      answer.then(({ code }) => code === 200).catch(() => false),
    ),
  );
  return answers.every(Boolean) ? { ...instance, url, mailUrl } : undefined;
}

async function startOwn(teardown: Teardown, say: Say): Promise<Instance> {
  say('Proviso is not running: starting an instance for this demo …');
  const home = readConfig(process.env).dataDir;
  mkdirSync(home, { recursive: true });
  const dataDir = mkdtempSync(join(home, 'demo-'));
  await teardown.add(() => rmSync(dataDir, { recursive: true, force: true }));
  chmodSync(dataDir, 0o711); // if root runs this, PostgreSQL's user must be able to enter
  const config = { ...readConfig({}), dataDir, port: await freePort() };
  return startInstance(config, teardown, { say: () => {}, onGivenUp: () => {} });
}

async function walk(instance: Instance, say: Say): Promise<void> {
  const { url, mailUrl, apiKey, agentKey, identityId } = instance;
  const [agent, owner, mail] = [client(url, agentKey), client(url, apiKey), client(mailUrl)];
  let number = 0;
  const step: Say = (line) => say(`${++number}. ✓ ${line}`);

  const email = `ada+${randomBytes(4).toString('hex')}@example.com`;
  const params = { email, subject: 'Your order', message: 'Dear Ada, it has shiped.' };
  const proposed = await agent.post('/v1/actions', {
    type: 'email_message',
    identity_id: identityId,
    require_approval: true,
    params,
  });
  expect('the proposal’s answer', `200 pending_approval`, `${proposed.code} ${proposed.body.action?.status}`);
  const id = String(proposed.body.action_id);
  step(`The agent proposes an e-mail to ${email}: ${id} is pending_approval`);

  const own = await agent.post(`/v1/actions/${id}/approve`, { action: 'approve' });
  expect('the answer to the agent’s own approval', '403', `${own.code}`);
  step(`The agent tries to approve it: 403 ${own.body.code}`);

  const message = 'Dear Ada, it has shipped, and arrives on Friday.';
  const edit = { action: 'edit', edits: { message }, comment: 'Typo, and she asked for the day.' };
  const approved = await owner.post(`/v1/actions/${id}/approve`, edit);
  expect('the answer to the owner’s approval', '200', `${approved.code}`);
  step('The owner approves it with an edit');

  const action = await untilStatus(owner, id, 'completed');
  step(`A worker has sent it: ${action.status}`);
  const delivered = await checkMail(mail, email, message);
  step('The mail server holds exactly one message, with the edited text');
  say(`\n${timeline(action.logs ?? [])}\n`);
  say(
    `From: ${delivered.from}\nTo: ${delivered.to.join(', ')}\nSubject: ${delivered.subject}\nMessage-ID: ${delivered.id}\n\n${delivered.text.trim()}`,
  );
}

interface Delivered {
  id: string;
  from: string;
  to: string[];
  subject: string;
  text: string;
}

async function checkMail(mail: Client, email: string, message: string): Promise<Delivered> {
  const { messages } = (await mail.get('/messages')).body as { messages?: Delivered[] };
  const [first, ...more] = (messages ?? []).filter(({ to }) => to.includes(email));
  expect(`the number of messages to ${email}`, '1', `${(first ? 1 : 0) + more.length}`);
  expect('the text of the message', message, first?.text.trim() ?? '');
  return first as Delivered;
}

function expect(what: string, wanted: string, seen: string): void {
  if (seen !== wanted) throw new Error(`Unexpected: ${what} should be "${wanted}", but is "${seen}".`);
}
