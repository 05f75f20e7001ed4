import { newId } from '@proviso/core';
import { inFuture, uuidOf, useTenant, type Reply } from './test-api.ts';
import { asking, at, waiting } from './pending-client.ts';

const { api, here } = useTenant();

const WRONG = '0'.repeat(64);

describe('POST /api/pending-actions/{pa_id}/approve', () => {
  const path = (id: string): string => `${at}/${id}/approve`;

  it('200: approved, resolvedAt set; execution runs later', async () => {
    const id = await waiting(here);
    const { status, body } = await asking(here.owner).post(`/${id}/approve`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ id, status: 'approved', resolvedAt: expect.stringMatching(/Z$/), userEdits: null });
    expect(body).toMatchObject({ executedAt: null, result: null, error: null, resolvedBy: { kind: 'member' } });
    const { row, trail } = await api.recorded(id);
    expect([row.status, row.cleared_hash, trail]).toEqual([
      'approved',
      body.paramsHash,
      ['action.created', 'action.approved'],
    ]);
  });

  it('accepts null for an absent field, as replies show it', async () => {
    const id = await waiting(here);
    const nothing = { userEdits: null, paramsHash: null, comment: null };
    expect((await asking(here.owner).post(`/${id}/approve`, nothing)).body).toMatchObject({ status: 'approved' });
  });

  it.each(['userEdits', 'user_edits'])('%s: merged over toolInput, kept beside it, never re-cased', async (field) => {
    const id = await waiting(here, { params: { say: 'hello', after_ms: 5 } });
    const { body } = await asking(here.owner).post(`/${id}/approve`, { [field]: { after_ms: 7 } });
    expect(body).toMatchObject({ userEdits: { after_ms: 7 }, toolInput: { say: 'hello', after_ms: 5 } });
    const { action } = (await here.owner.get(`/v1/actions/${id}`)).body;
    expect(action.params).toMatchObject({ say: 'hello', after_ms: 7 });
    expect(action.approval).toMatchObject({ decision: 'edit', edits: { after_ms: 7 } });
  });

  it('comment: shown in the resource and in the log', async () => {
    const id = await waiting(here);
    expect((await asking(here.owner).post(`/${id}/approve`, { comment: 'fine' })).body.comment).toBe('fine');
    expect((await api.recorded(id)).last?.data).toMatchObject({ comment: 'fine' });
  });

  describe('paramsHash', () => {
    const changed = async (): Promise<string> => {
      const id = await waiting(here);
      await here.owner.patch(`/v1/actions/${id}`, { params: { say: 'something else' } });
      return id;
    };

    it.each(['paramsHash', 'params_hash'])('%s: approves what was seen', async (field) => {
      const id = await changed();
      const { paramsHash } = (await asking(here.owner).get(`/${id}`)).body;
      expect((await asking(here.owner).post(`/${id}/approve`, { [field]: paramsHash })).status).toBe(200);
    });

    it('409 CONFLICT: a wrong hash, and none after the proposal was changed', async () => {
      const id = await changed();
      for (const body of [{ paramsHash: WRONG }, {}]) {
        await here.refuses('CONFLICT', () => here.owner.post(path(id), body), ['paramsHash']);
      }
    });
  });

  it.each([
    [{ userEdits: { shout: 1 } }, 'userEdits.shout'],
    [{ userEdits: { say: 1 } }, 'userEdits.say'],
    [{ user_edits: { say: 1 } }, 'userEdits.say'],
    [{ userEdits: 'x' }, 'userEdits'],
    [{ userEdits: {}, user_edits: {} }, 'userEdits'],
    [{ userEdits: { workspace_id: newId() } }, 'userEdits.workspace_id'],
    [{ userEdits: { workspaceId: newId() } }, 'userEdits.workspaceId'],
    [{ userEdits: { mission_id: newId() } }, 'userEdits.mission_id'],
    [{ userEdits: { sessionId: 's' } }, 'userEdits.sessionId'],
    [{ paramsHash: 'x' }, 'paramsHash'],
    [{ comment: 'x'.repeat(5_001) }, 'comment'],
    [{ edits: {} }, 'edits'],
    [{ action: 'approve' }, 'action'],
  ])('422 validation: %j', async (body, field) => {
    const id = await waiting(here);
    await here.refuses('validation', () => here.owner.post(path(id), body), [field]);
  });
});

describe('POST /api/pending-actions/{pa_id}/reject', () => {
  it('200: rejected, resolvedAt set, and the row stays', async () => {
    const id = await waiting(here);
    const { status, body } = await asking(here.owner).post(`/${id}/reject`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ id, status: 'rejected', resolvedAt: expect.stringMatching(/Z$/) });
    expect(body).toMatchObject({ executedAt: null, result: null, error: null });
    const { row, trail } = await api.recorded(id);
    expect([row.status, trail]).toEqual(['rejected', ['action.created', 'action.rejected']]);
  });

  it('refuses a body: 422 validation for any field', async () => {
    const id = await waiting(here);
    const ask = () => here.owner.post(`${at}/${id}/reject`, { userEdits: {} });
    await here.refuses('validation', ask, ['userEdits']);
    expect((await asking(here.owner).post(`/${id}/reject`, {})).status).toBe(200);
  });
});

describe.each(['approve', 'reject'])('POST /api/pending-actions/{pa_id}/%s', (verb) => {
  const post = (id: string): Promise<Reply> => here.owner.post(`${at}/${id}/${verb}`);

  it('404 NOT_FOUND: no such id, a malformed one, and an action that never waited', async () => {
    const cleared = uuidOf((await here.propose({ scheduled_time: inFuture() })).action_id);
    for (const id of [newId(), 'pa-1', cleared]) await here.refuses('NOT_FOUND', () => post(id));
  });

  it.each(['approve', 'reject', 'cancel'])('409 INVALID_STATE: after %s', async (first) => {
    const id = await waiting(here, { scheduled_time: inFuture() });
    await here.owner.post(`${first === 'cancel' ? '/v1/actions' : at}/${id}/${first}`);
    await here.refuses('INVALID_STATE', () => post(id));
  });

  it('409 INVALID_STATE: past its expiry', async () => {
    const id = await waiting(here, { expires_at: inFuture() });
    await api.world.setAction(id, 'expires_at = now()');
    await here.refuses('INVALID_STATE', () => post(id));
  });
});
