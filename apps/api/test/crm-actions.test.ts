import type { Action, JsonObject } from '@proviso/contracts';
import { execute, newId, parseId } from '@proviso/core';
import { inFuture, uuidOf, useTenant, type Tenant } from './test-api.ts';

const { api, here } = useTenant();

describe('actions on contacts, companies and tasks', () => {
  interface Known {
    contact_id: string;
    company_id: string;
  }

  /** A contact and a company that have properties already. */
  async function known(tenant: Tenant): Promise<Known> {
    const properties = { title: 'CTO', fax: '123', kept: true };
    const contact = { email: 'ann@example.com', properties, lifecycle_stage: 'lead' };
    const { body } = await tenant.owner.post('/v1/contacts', contact);
    const id = newId();
    const company = await api.world.db.tables.companies.create({
      data: { id, workspace_id: tenant.id, name: 'Acme', properties },
    });
    return { contact_id: body.contact.contact_id, company_id: company.id };
  }

  /** Edits and approves, then runs it. */
  async function through({ action_id }: Action, edits: JsonObject): Promise<Action> {
    const edited = await here.owner.post(`/v1/actions/${action_id}/approve`, { action: 'edit', edits });
    expect(edited.body).toMatchObject({ action: { status: 'approved' } });
    await execute(api.world.worker(), uuidOf(action_id));
    return (await here.owner.get(`/v1/actions/${action_id}`)).body.action;
  }

  it('creates the task that was approved, once', async () => {
    const { contact_id } = await known(here);
    const params = { title: 'Call', due_date: '2026-12-01', contact_id };
    const proposed = await here.pending({ type: 'create_task', params });
    expect(proposed.params.due_date).toBe('2026-12-01T00:00:00.000Z');
    const { status, result } = await through(proposed, { title: 'Call Ann' });
    expect({ status, result }).toEqual({
      status: 'completed',
      result: { task_id: expect.stringMatching(/^task_/) },
    });
    expect(await api.world.db.tables.tasks.findMany({ where: { workspace_id: here.id } })).toMatchObject([
      {
        id: parseId('task', result?.task_id as string),
        title: 'Call Ann',
        due_date: new Date('2026-12-01T00:00:00.000Z'),
        contact_id: parseId('contact', contact_id),
        action_id: uuidOf(proposed.action_id),
        completed_at: null,
      },
    ]);
  });

  it.each(['contact', 'company'] as const)('changes a %s as edited and reports the old value', async (kind) => {
    const ids = await known(here);
    const params = { [`${kind}_id`]: ids[`${kind}_id`], properties: { title: 'CEO' } };
    const proposed = await here.pending({ type: `update_${kind}`, params });
    expect(proposed[`${kind}_id`]).toMatch(/^c[to]_/);
    expect(proposed.preview?.fields.slice(1)).toEqual([{ label: 'properties["title"]', value: 'CEO', before: 'CTO' }]);
    const after = { title: 'Chair', fax: null, constructor: 'x' };
    const { result, preview } = await through(proposed, { properties: after });
    expect(preview?.fields.slice(1)).toEqual([
      { label: 'properties["title"]', value: 'Chair', before: 'CTO' },
      { label: 'properties["fax"]', value: null, before: '123' },
      { label: 'properties["constructor"]', value: 'x', before: null },
    ]);
    const before = { title: 'CTO', fax: '123', constructor: null };
    expect(result).toEqual({ [`${kind}_id`]: proposed[`${kind}_id`], before, after });
    const table = kind === 'contact' ? api.world.db.tables.contacts : api.world.db.tables.companies;
    const where = { workspace_id: here.id };
    const row = await (table as typeof api.world.db.tables.contacts).findFirstOrThrow({ where });
    expect(row.properties).toEqual({ title: 'Chair', kept: true, constructor: 'x' });
  });

  it('changes a lifecycle stage with a row of its history', async () => {
    const { contact_id } = await known(here);
    const params = { contact_id, lifecycle_stage: 'mql' };
    const proposed = await here.pending({ type: 'update_lifecycle_stage', params });
    expect(proposed.preview?.fields[1]).toEqual({ label: 'Lifecycle stage', value: 'mql', before: 'lead' });
    const { result } = await through(proposed, { lifecycle_stage: 'sql' });
    expect(result).toEqual({ contact_id, before: 'lead', after: 'sql' });
    const where = { workspace_id: here.id };
    expect(await api.world.db.tables.contacts.findFirst({ where })).toMatchObject({ lifecycle_stage: 'sql' });
    const history = await api.world.db.tables.lifecycle_changes.findMany({ where, orderBy: { at: 'asc' } });
    expect(history).toMatchObject([
      { from: null, to: 'lead', action_id: null },
      { from: 'lead', to: 'sql', action_id: uuidOf(proposed.action_id), actor: proposed.created_by },
    ]);
  });

  it.each(['contact', 'company'] as const)('writes a note on a %s as edited, once, to be read back', async (kind) => {
    const about = { [`${kind}_id`]: (await known(here))[`${kind}_id`] };
    const proposed = await here.pending({ type: 'create_note', params: { ...about, content: 'Asked for a quote.' } });
    expect(proposed.preview?.body).toEqual({ text: 'Asked for a quote.' });
    const content = 'Asked for a quote by Friday.';
    const ended = await through(proposed, { content });
    expect(ended.preview?.body).toEqual({ text: content });
    const path = kind === 'contact' ? 'contacts' : 'companies';
    const { notes } = (await here.owner.get(`/v1/${path}/${about[`${kind}_id`]}/notes`)).body;
    expect(notes).toMatchObject([{ note_id: ended.result?.note_id, content, action_id: ended.action_id }]);
  });

  const ABOUT: [string, object, keyof Known][] = [
    ['create_note', { content: 'x' }, 'contact_id'],
    ['create_note', { content: 'x' }, 'company_id'],
    ['create_task', { title: 'x' }, 'contact_id'],
    ['update_contact', { properties: { a: 1 } }, 'contact_id'],
    ['update_company', { properties: { a: 1 } }, 'company_id'],
    ['update_lifecycle_stage', { lifecycle_stage: 'lead' }, 'contact_id'],
  ];
  it.each([...ABOUT, ['escalate_to_human', { reason: 'x' }, 'contact_id'] as const])(
    '%s %j refuses the %s of a record of another workspace',
    async (type, params, field) => {
      const ids = await known(await api.tenant());
      const body = { type, identity_id: here.identityId, params: { ...params, [field]: ids[field] } };
      await here.refuses('INVALID', () => here.owner.post('/v1/actions', body), [`params.${field}`]);
    },
  );

  it.each(ABOUT)('%s %j does nothing if the record of its %s is gone when it runs', async (type, params, field) => {
    const ids = await known(here);
    const { action_id } = await here.propose({ type, params: { ...params, [field]: ids[field] } });
    const where = { workspace_id: here.id };
    await api.world.db.tables.contacts.deleteMany({ where });
    await api.world.db.tables.companies.deleteMany({ where });
    await execute(api.world.worker(), uuidOf(action_id));
    expect((await api.recorded(action_id)).row).toMatchObject({ status: 'failed', status_reason: 'guard_refused' });
  });
});

describe('escalate_to_human', () => {
  const question = { type: 'escalate_to_human', params: { reason: 'May I?', options: ['yes', 'no'] } };

  async function answered({ action_id }: Action, decision: object): Promise<Action> {
    const { status, text } = await here.owner.post(`/v1/actions/${action_id}/approve`, decision);
    expect({ status, text }).toMatchObject({ status: 200 });
    await execute(api.world.worker(), uuidOf(action_id));
    return (await here.owner.get(`/v1/actions/${action_id}`)).body.action;
  }

  it('always asks a person and completes with the answer', async () => {
    const bot = await here.client({ agent: 'bot' });
    const id = await here.agentId('bot');
    const free = { approval: 'never', auto_approve_types: ['escalate_to_human'] };
    await api.world.db.tables.agents.update({ where: { id }, data: free });
    for (const by of [bot, here.owner]) {
      const asked = await here.propose(question, by);
      expect(asked).toMatchObject({ status: 'pending_approval', params: question.params });
      const edit = { action: 'edit', edits: { answer: 'yes' }, comment: 'Be kind.' };
      const { status, result, approval } = await answered(asked, edit);
      expect({ status, result }).toEqual({
        status: 'completed',
        result: { answer: 'yes', comment: 'Be kind.', by: approval?.by },
      });
    }
  });

  it('refuses approval of options without an answer or a comment, and says what to do', async () => {
    const asked = await here.propose(question);
    const approve = () => here.owner.post(`/v1/actions/${asked.action_id}/approve`, { action: 'approve' });
    const refused = await here.refuses('INVALID', approve);
    expect(refused.details).toMatchObject([
      { path: 'edits.answer', message: expect.stringContaining('choose an answer') as string },
    ]);
    const other = await answered(asked, { action: 'approve', comment: 'Ask again in May.' });
    expect(other.result).toMatchObject({ answer: null, comment: 'Ask again in May.' });
  });

  it('without options completes without an answer when it is approved without one', async () => {
    const open = { ...question, params: { reason: 'May I?' } };
    const { result } = await answered(await here.propose(open), { action: 'approve' });
    expect(result).toEqual({ answer: null, comment: null, by: expect.objectContaining({ kind: 'member' }) });
  });

  it('is declined by rejecting it', async () => {
    const { action_id } = await here.propose(question);
    const { body } = await here.owner.post(`/v1/actions/${action_id}/reject`, { comment: 'No.' });
    expect(body.action).toMatchObject({ status: 'rejected', result: null });
    await here.refuses('INVALID_STATE', () => here.owner.post(`/v1/actions/${action_id}/reject`));
  });

  it.each<[string, object, string]>([
    ['direct', { direct: true }, 'direct'],
    ['a scheduled time', { scheduled_time: inFuture() }, 'scheduled_time'],
    ['an answer from whoever asks', { params: { reason: 'x', answer: 'yes' } }, 'params.answer'],
    ['no reason', { params: {} }, 'params.reason'],
  ])('refuses %s', async (_, more, path) => {
    const body = { ...question, identity_id: here.identityId, ...more };
    await here.refuses('INVALID', () => here.owner.post('/v1/actions', body), [path]);
  });

  it.each<[string, object, string]>([
    ['answer', { params: { reason: 'x', answer: 'yes' } }, 'params.answer'],
    ['scheduled time', { scheduled_time: inFuture() }, 'scheduled_time'],
  ])('takes no %s by PATCH', async (_, change, path) => {
    const { action_id } = await here.propose(question);
    await here.refuses('INVALID', () => here.owner.patch(`/v1/actions/${action_id}`, change), [path]);
  });

  it.each(['approve', 'reject'])('cannot be decided in bulk: %s', async (action) => {
    const asked = await here.propose(question);
    const other = await here.pending();
    const action_ids = [asked.action_id, other.action_id];
    const { body } = await here.owner.post('/v1/actions/approve/bulk', { action, action_ids });
    expect(body).toMatchObject({
      processed: 1,
      failed: [{ action_id: asked.action_id, code: 'INVALID' }],
      results: [{ ok: false, code: 'INVALID' }, { ok: true }],
    });
    expect((await api.recorded(asked.action_id)).row.status).toBe('pending_approval');
  });
});
