import { newId } from '@proviso/core';
import { inFuture, useTenant, type Client, type Reply } from './test-api.ts';

describe('PATCH /v1/actions/{action_id}', () => {
  const { api, here } = useTenant();
  const patch = (by: Client, id: string, body: object, headers: Record<string, string> = {}): Promise<Reply> =>
    by.patch(`/v1/actions/${id}`, body, headers);
  const approve = (by: Client, id: string, more: object = {}): Promise<Reply> =>
    by.post(`/v1/actions/${id}/approve`, { action: 'approve', ...more });
  const approved = async (more: object = {}): Promise<string> => {
    const { action_id } = await here.pending(more);
    await approve(here.owner, action_id);
    return action_id;
  };

  it('changes a pending proposal, keeps the original, and renders the preview again', async () => {
    const seen = await here.pending();
    const { status, body } = await patch(here.owner, seen.action_id, {
      params: { say: 'bye' },
      description: 'Farewell',
    });
    expect(status).toBe(200);
    expect(body.action).toMatchObject({
      status: 'pending_approval',
      version: 2,
      params: { say: 'bye' },
      original_params: { say: 'hello' },
      description: 'Farewell',
      preview: { title: 'Say bye' },
    });
    expect(body.action.params_hash).not.toBe(seen.params_hash);
    const { row, trail, last } = await api.recorded(seen.action_id);
    expect(row).toMatchObject({ version: 2, revision: 2, params: body.action.params, cleared_hash: null });
    expect(trail).toEqual(['action.created', 'action.updated']);
    expect(last).toMatchObject({
      actor: { name: 'owner' },
      data: { changes: { params: { say: 'bye' }, description: 'Farewell' } },
    });
  });

  it('keeps the original proposal over several changes', async () => {
    const { action_id } = await here.pending({ params: { say: 'one' } });
    for (const say of ['two', 'three']) await patch(here.owner, action_id, { params: { say } });
    const { row } = await api.recorded(action_id);
    expect(row).toMatchObject({ params: { say: 'three' }, original_params: { say: 'one' }, revision: 3 });
  });

  it('replaces params instead of merging them', async () => {
    const { action_id } = await here.pending({ params: { say: 'a', outcome: 'refused' } });
    const { body } = await patch(here.owner, action_id, { params: { begin: false } });
    expect(body.action.params).toMatchObject({ say: '', outcome: 'done', begin: false });
  });

  it('keeps a scheduled action scheduled when an approver changes it', async () => {
    const { action_id } = await here.propose({ scheduled_time: inFuture() });
    const { body } = await patch(here.owner, action_id, { params: { say: 'bye' } });
    expect(body.action.status).toBe('scheduled');
    const { row, last } = await api.recorded(action_id);
    expect(row.cleared_hash).toBe(body.action.params_hash);
    expect(last?.event).toBe('action.updated');
  });

  it.each<[string, () => Promise<object>]>([
    ['params', async () => ({ params: { say: 'bye' } })],
    ['identity', async () => ({ identity_id: await here.identity('internal', { account: 'two' }) })],
  ])('voids an approval when %s change', async (_, change) => {
    const { action_id } = await here.pending();
    await here.owner.post(`/v1/actions/${action_id}/approve`, {
      action: 'edit',
      edits: { say: 'edited' },
      comment: 'c',
    });
    const { body } = await patch(here.owner, action_id, await change());
    expect(body.action).toMatchObject({
      status: 'pending_approval',
      status_reason: 'changed_after_approval',
      approval: null,
    });
    const { row, last } = await api.recorded(action_id);
    expect(row).toMatchObject({ user_edits: null, approval: null, cleared_hash: null, cleared_identity_version: null });
    expect(last).toMatchObject({ event: 'action.returned_to_review', data: { reason: 'changed_after_approval' } });
    await here.refuses('CONFLICT', () => approve(here.owner, action_id));
  });

  it('keeps an approval when only the time or the description changes', async () => {
    const action_id = await approved();
    const before = (await api.recorded(action_id)).row;
    await patch(here.owner, action_id, { description: 'later', scheduled_time: '2100-01-01T00:00:00Z' });
    const { row } = await api.recorded(action_id);
    expect(row).toMatchObject({ status: 'approved', approval: before.approval });
    expect(row.cleared_hash).not.toBe(before.cleared_hash); // bound to the new time
    expect(row.due_at.toISOString()).toBe('2100-01-01T00:00:00.000Z');
  });

  it('keeps the reviewer’s edits when an approval is recalled, and requires another look', async () => {
    const { action_id } = await here.pending();
    await here.owner.post(`/v1/actions/${action_id}/approve`, { action: 'edit', edits: { say: 'softer' } });
    const { body } = await patch(here.owner, action_id, { require_approval: true });
    expect(body.action).toMatchObject({
      status: 'pending_approval',
      status_reason: 'recalled',
      params: { say: 'softer' },
    });
    expect(body.action.preview?.title).toContain('softer');
    expect((await approve(here.owner, action_id)).status).toBe(409);
    expect((await approve(here.owner, action_id, { params_hash: body.action.params_hash })).status).toBe(200);
  });

  it('answers 409 to an approval of a different time than the one read', async () => {
    const seen = await here.pending({ scheduled_time: inFuture() });
    await patch(here.owner, seen.action_id, { scheduled_time: null });
    expect((await approve(here.owner, seen.action_id)).status).toBe(409);
    expect((await approve(here.owner, seen.action_id, { params_hash: seen.params_hash })).status).toBe(409);
    expect((await api.recorded(seen.action_id)).row.status).toBe('pending_approval');
  });

  it.each<[string, object]>([
    ['params', { params: { say: 'x' } }],
    ['description', { description: 'x' }],
    ['time', { scheduled_time: '2100-01-01T00:00:00Z' }],
    ['require_approval', { require_approval: true }],
  ])('returns an agent’s own cleared action to review whatever it changes: %s', async (_, change) => {
    const agent = await here.client({ agent: 'bot' });
    await api.world.db.tables.agents.update({ where: { id: await here.agentId('bot') }, data: { approval: 'never' } });
    const { action_id, status } = await here.propose({ scheduled_time: inFuture() }, agent);
    expect(status).toBe('auto_approved');
    await patch(agent, action_id, change);
    const { row, last } = await api.recorded(action_id);
    const reason = 'require_approval' in change ? 'recalled' : 'changed_after_approval';
    expect(row).toMatchObject({ status: 'pending_approval', status_reason: reason, cleared_hash: null });
    expect(last).toMatchObject({ event: 'action.returned_to_review', actor: { kind: 'agent' } });
  });

  it.each(['scheduled', 'approved'])('recalls an action that is %s', async (status) => {
    const action_id = status === 'approved' ? await approved() : (await here.propose()).action_id;
    const { body } = await patch(here.owner, action_id, { require_approval: true });
    expect(body.action).toMatchObject({
      status: 'pending_approval',
      status_reason: 'recalled',
      require_approval: true,
      approval: null,
    });
    const { row, last } = await api.recorded(action_id);
    expect(row).toMatchObject({ status: 'pending_approval', cleared_hash: null });
    expect(last).toMatchObject({ event: 'action.returned_to_review', data: { reason: 'recalled' } });
    expect((await approve(here.owner, action_id)).status).toBe(200);
    expect((await api.recorded(action_id)).row.status_reason).toBeNull();
  });

  it('approves a pending action by require_approval: false, and records it as an approval', async () => {
    const { action_id, params_hash } = await here.pending();
    const { body } = await patch(here.owner, action_id, { require_approval: false, params_hash });
    expect(body.action).toMatchObject({
      status: 'approved',
      require_approval: false,
      approval: { decision: 'approve' },
    });
    const { row, trail } = await api.recorded(action_id);
    expect(row).toMatchObject({ cleared_hash: params_hash, approval: { by: { name: 'owner' } } });
    expect(trail).toEqual(['action.created', 'action.approved']);
  });

  it('approves the changes of the same request', async () => {
    const { action_id } = await here.pending();
    const { body } = await patch(here.owner, action_id, { require_approval: false, params: { say: 'mine' } });
    expect(body.action).toMatchObject({
      status: 'approved',
      params: { say: 'mine' },
      original_params: { say: 'hello' },
    });
    expect((await api.recorded(action_id)).row.cleared_hash).toBe(body.action.params_hash);
  });

  it('does not approve by require_approval: false with a wrong hash', async () => {
    const { action_id } = await here.pending();
    const body = { require_approval: false, params_hash: '0'.repeat(64) };
    await here.refuses('CONFLICT', () => patch(here.owner, action_id, body));
  });

  it('makes it due now by scheduled_time: null', async () => {
    const { action_id } = await here.propose({ scheduled_time: '2100-01-01T00:00:00Z' });
    const { body } = await patch(here.owner, action_id, { scheduled_time: null });
    expect(body.action.scheduled_time).toBeNull();
    const { row } = await api.recorded(action_id);
    expect(row.status).toBe('scheduled');
    expect(row.due_at.getTime()).toBeLessThanOrEqual(row.updated_at.getTime());
  });

  describe('with If-Match', () => {
    it('changes the version that was read, or reports the current one', async () => {
      const { action_id } = await here.pending();
      const { headers } = await here.owner.get(`/v1/actions/${action_id}`);
      const etag = headers.etag ?? '';
      expect((await patch(here.owner, action_id, { description: 'a' }, { 'If-Match': etag })).status).toBe(200);
      for (const tag of [etag, '"v9"', 'v2', 'W/"v2"']) {
        await here.refuses('PRECONDITION_FAILED', () =>
          patch(here.owner, action_id, { description: 'b' }, { 'If-Match': tag }),
        );
      }
      expect((await patch(here.owner, action_id, { description: 'c' }, { 'If-Match': '"v2"' })).status).toBe(200);
      expect((await api.recorded(action_id)).row).toMatchObject({ version: 3, description: 'c' });
    });

    it('lets one of many callers with the same version win', async () => {
      const { action_id } = await here.pending();
      const replies = await Promise.all(
        Array.from({ length: 8 }, (_, index) =>
          patch(here.owner, action_id, { description: `${index}` }, { 'If-Match': '"v1"' }),
        ),
      );
      expect(replies.filter(({ status }) => status === 200)).toHaveLength(1);
      expect((await api.recorded(action_id)).row.version).toBe(2);
    });
  });

  describe('refuses, and leaves the action as it was', () => {
    it.each<[string, object, string]>([
      ['no change', {}, ''],
      ['a hash alone', { params_hash: '0'.repeat(64) }, ''],
      ['the type', { type: 'create_note' }, 'type'],
      ['the status', { status: 'approved' }, 'status'],
      ['the list', { list_id: 'x' }, 'list_id'],
      ['the item', { item_id: 'x' }, 'item_id'],
      ['direct', { direct: true }, 'direct'],
      ['the expiry', { expires_at: inFuture() }, 'expires_at'],
      ['metadata', { metadata: {} }, 'metadata'],
      ['ill-typed params', { params: 'x' }, 'params'],
      ['a parameter that the type does not know', { params: { shout: 1 } }, 'params.shout'],
      ['a time without an offset', { scheduled_time: '2100-01-01T00:00:00' }, 'scheduled_time'],
      ['an identity that is not there', { identity_id: newId() }, 'identity_id'],
      ['null for params', { params: null }, 'params'],
      ['null for require_approval', { require_approval: null }, 'require_approval'],
    ])('%s', async (_, body, path) => {
      const { action_id } = await here.pending();
      await here.refuses('INVALID', () => patch(here.owner, action_id, body), path);
    });

    it('a start after the expiry', async () => {
      const { action_id } = await here.pending({ expires_at: inFuture() });
      const late = { scheduled_time: '2100-01-01T00:00:00Z' };
      await here.refuses('INVALID', () => patch(here.owner, action_id, late), ['scheduled_time']);
    });

    it('a reviewer’s change, but not a reviewer’s approval', async () => {
      const { action_id } = await here.pending();
      const reviewer = await here.client({ role: 'reviewer' });
      await here.refuses('FORBIDDEN', () => patch(reviewer, action_id, { description: 'mine' }));
      const both = { require_approval: false, params: { say: 'mine' } };
      await here.refuses('FORBIDDEN', () => patch(reviewer, action_id, both));
      const { body } = await patch(reviewer, action_id, { require_approval: false });
      expect(body.action).toMatchObject({ status: 'approved' });
    });

    it.each(['running', 'completed', 'failed', 'rejected', 'cancelled'])('an action that is %s', async (status) => {
      const { action_id } = await here.propose();
      const ended = status === 'running' ? 'null' : 'now()';
      const cleared = status === 'running' ? "'scheduled'" : 'null';
      const lease = status === 'running' ? "now() + interval '1 h'" : 'null';
      await api.world.db.pool.query(
        `update actions set status = $2, completed_at = ${ended}, status_before_run = ${cleared}, lease_until = ${lease} where workspace_id = $1`,
        [here.id, status],
      );
      for (const body of [
        { params: { say: 'x' } },
        { description: 'x' },
        { require_approval: true },
        { require_approval: false },
      ]) {
        const refused = await here.refuses('INVALID_STATE', () => patch(here.owner, action_id, body));
        expect(refused.action).toMatchObject({ action_id, status });
      }
    });

    it('an action whose effect may have started, even between two attempts', async () => {
      const { action_id } = await here.propose();
      await api.world.db.pool.query('update actions set effect_started_at = now() where workspace_id = $1', [here.id]);
      for (const body of [
        { params: { say: 'x' } },
        { description: 'x' },
        { require_approval: true },
        { scheduled_time: null },
      ])
        await here.refuses('INVALID_STATE', () => patch(here.owner, action_id, body));
    });
  });
});
