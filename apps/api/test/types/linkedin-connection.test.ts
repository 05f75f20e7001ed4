import type { Action, JsonObject } from '@proviso/contracts';
import { startUnipileFake, type UnipileFake } from '@proviso/testing/providers/linkedin';
import { useTenant } from '../test-api.ts';
import { account, approve, expectHidden, run, trailOf } from './from-proposal-to-result.ts';

const TOKEN = 'un1p1le-t0ken';
const UNIPILE = { mode: 'unipile', dsn: 'api1.unipile.com:13111', account_id: 'acc_1' };

describe('linkedin_connection, from the proposal to the log', () => {
  const executorSettings = { baseUrls: { linkedin: '' } };
  const { api, here } = useTenant({ executorSettings });
  let fake: UnipileFake;
  beforeEach(async () => {
    fake = await startUnipileFake({ token: TOKEN });
    executorSettings.baseUrls.linkedin = fake.url;
  });
  afterEach(() => fake.close());

  /** An agent's proposal to invite a contact, as the account that is set up so. */
  async function proposed(config: JsonObject, credentials?: JsonObject): Promise<Action> {
    const identity_id = await account(here, 'linkedin', { config, ...(credentials && { credentials }) });
    const { contact } = (await here.owner.post('/v1/contacts', { email: 'bob@example.com' })).body;
    const params = { linkedin_url: 'de.linkedin.com/in/bob?trk=x', message: 'Hi', contact_id: contact.contact_id };
    const agent = await here.client({ agent: 'Scout' });
    return (await agent.post('/v1/actions', { type: 'linkedin_connection', identity_id, params })).body.action;
  }

  /** A reviewer betters the note and approves it; a worker runs it. */
  async function through(action: Action) {
    const approved = await approve(here, action, { message: 'Hello Bob' });
    expect(approved).toMatchObject({ status: 'approved', preview: { body: { text: 'Hello Bob' } } });
    return run(api, here, approved);
  }

  it('by hand: a person gets a task with the link and the approved note, and the action says so', async () => {
    const action = await proposed({});
    expect(action).toMatchObject({
      status: 'pending_approval',
      params: { linkedin_url: 'https://www.linkedin.com/in/bob' },
      preview: { title: 'LinkedIn invitation to bob' },
    });
    const ended = await through(action);
    expect(ended).toMatchObject({
      status: 'completed',
      status_reason: 'handed_to_person',
      result: { delivered: false, task_id: expect.stringMatching(/^task_/) },
      attempts: 1,
    });
    expect(trailOf(ended)).toEqual(['action.created', 'action.approved', 'action.claimed', 'action.completed']);
    expect(ended.logs.at(-1)).toMatchObject({ data: { reason: 'handed_to_person' } });
    const { tasks } = (await here.owner.get('/v1/tasks')).body;
    expect(tasks).toMatchObject([
      {
        task_id: ended.result?.task_id,
        title: 'Invite bob on LinkedIn',
        description: 'Open https://www.linkedin.com/in/bob and choose Connect. Send it with this note:\n\nHello Bob',
        contact_id: action.contact_id,
        completed_at: null,
      },
    ]);
    expect(fake.requests).toEqual([]);
  });

  it('over Unipile: the approved note is sent once, and the invitation’s id is the result', async () => {
    const ended = await through(await proposed(UNIPILE, { token: TOKEN }));
    expect(ended).toMatchObject({
      status: 'completed',
      status_reason: null,
      result: { delivered: true, provider_id: 'ACo_bob', invitation_id: 'inv_1' },
    });
    expect(fake.invitations).toEqual([{ id: 'inv_1', provider_id: 'ACo_bob', message: 'Hello Bob' }]);
    expect((await here.owner.get('/v1/tasks')).body.tasks).toEqual([]);
    await expectHidden(api, here, TOKEN, ended);
  });

  it('over Unipile: a lost response without a trace is reported and never sent again', async () => {
    const action = await proposed(UNIPILE, { token: TOKEN });
    fake.next('/users/invite', { takes: true, ending: 'cut' });
    fake.next('/users/invite/sent', { ending: 'cut' });
    expect(await through(action)).toMatchObject({
      status: 'failed',
      status_reason: 'outcome_unknown',
      error: { code: 'outcome_unknown', retryable: false },
    });
    await run(api, here, action);
    expect(fake.invitations).toHaveLength(1);
  });

  it('over Unipile: a rate limit delays it without using up an attempt', async () => {
    const action = await proposed(UNIPILE, { token: TOKEN });
    fake.next('/users/invite', { reply: { status: 429, headers: { 'retry-after': '900' } } });
    const put = await through(action);
    expect(put).toMatchObject({ status: 'approved', attempts: 0 });
    expect(put.logs.at(-1)).toMatchObject({ event: 'action.retried', data: { counted: false, delay_ms: 900_000 } });
    expect(fake.invitations).toEqual([]);
  });
});
