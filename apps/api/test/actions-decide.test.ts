import { until } from '@proviso/testing';
import { inFuture, pathsOf, SMTP, actThroughSmtp, useTenant, type Client, type Reply } from './test-api.ts';

const WRONG = '0'.repeat(64);

describe('POST /v1/actions/{action_id}/approve and /reject', () => {
  const { api, here } = useTenant();
  const decide = (by: Client, id: string, body: object): Promise<Reply> => by.post(`/v1/actions/${id}/approve`, body);

  it('approves, records who and why, and binds the approval to the preview', async () => {
    const seen = await here.pending();
    const { status, body } = await decide(here.owner, seen.action_id, { action: 'approve', comment: 'fine' });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: 'success',
      action_id: seen.action_id,
      action: { status: 'approved', version: 2 },
    });
    const { row, trail, last } = await api.recorded(seen.action_id);
    expect(row).toMatchObject({ status: 'approved', cleared_hash: seen.params_hash, user_edits: null });
    expect(row.approval).toMatchObject({
      decision: 'approve',
      comment: 'fine',
      edits: null,
      via: 'api',
      by: { kind: 'member', name: 'owner' },
    });
    expect(trail).toEqual(['action.created', 'action.approved']);
    expect(last).toMatchObject({
      version: 2,
      actor: { name: 'owner' },
      data: { decision: 'approve', edits: null, comment: 'fine', params_hash: seen.params_hash, via: 'api' },
    });
    expect(body.action.approval?.at).toMatch(/Z$/);
  });

  it.each(['approve', 'reject'])('rejects at /%s and ends the action', async (verb) => {
    const { action_id } = await here.pending();
    const body = { comment: 'no', ...(verb === 'approve' && { action: 'reject' }) };
    const reply = await here.owner.post(`/v1/actions/${action_id}/${verb}`, body);
    expect(reply.body.action).toMatchObject({ status: 'rejected', approval: { decision: 'reject', comment: 'no' } });
    const { row, last } = await api.recorded(action_id);
    expect(row).toMatchObject({ status: 'rejected', cleared_hash: null, completed_at: expect.any(Date) });
    expect(last).toMatchObject({
      event: 'action.rejected',
      status: 'rejected',
      data: { decision: 'reject', comment: 'no' },
    });
  });

  it('edits and approves in one step: what runs is the proposal merged with the edits', async () => {
    const seen = await here.pending({ params: { say: 'hello', begin: false } });
    const { body } = await decide(here.owner, seen.action_id, { action: 'edit', edits: { say: 'good day' } });
    expect(body.action).toMatchObject({
      status: 'approved',
      params: { say: 'good day', begin: false },
      original_params: { say: 'hello', begin: false },
      preview: { title: 'Say good day' },
      approval: { decision: 'edit', edits: { say: 'good day' } },
    });
    const { row, last } = await api.recorded(seen.action_id);
    expect(row).toMatchObject({
      params: seen.params,
      user_edits: { say: 'good day' },
      cleared_hash: body.action.params_hash,
    });
    expect(row.cleared_hash).not.toBe(seen.params_hash);
    expect(last?.data).toMatchObject({ decision: 'edit', edits: { say: 'good day' }, params_hash: row.cleared_hash });
  });

  it('resolves again what depends on an edited field', async () => {
    const smtp = await here.identity('smtp', { host: 'localhost', port: 25, from: 'me@example.com' });
    const other = await here.identity('smtp', { host: 'localhost', port: 26, from: 'me@example.com' });
    const [ann, bob] = await Promise.all(
      ['ann@example.com', 'bob@example.com'].map(
        async (email) => (await here.owner.post('/v1/contacts', { email })).body.contact,
      ),
    );
    const params = { contact_id: ann?.contact_id, subject: 's', message: 'm' };
    const { action_id } = await here.pending({ type: 'email_message', identity_id: smtp, params });
    const { body: moved } = await here.owner.patch(`/v1/actions/${action_id}`, { identity_id: other });
    const edit = { action: 'edit', edits: { contact_id: bob?.contact_id }, params_hash: moved.action.params_hash };
    const { body } = await decide(here.owner, action_id, edit);
    expect(body.action).toMatchObject({
      status: 'approved',
      contact_id: bob?.contact_id,
      params: { email: 'bob@example.com' },
    });
  });

  describe('refuses, and leaves the action as it was', () => {
    it.each<[string, object, string]>([
      ['edit without edits', { action: 'edit' }, 'edits'],
      ['edits beside approve', { action: 'approve', edits: { say: 'x' } }, 'edits'],
      ['edits beside reject', { action: 'reject', edits: { say: 'x' } }, 'edits'],
      ['edits that the type does not know', { action: 'edit', edits: { shout: true } }, 'params.shout'],
      ['edits that do not fit', { action: 'edit', edits: { say: null } }, 'params.say'],
      ['no action', {}, 'action'],
      ['an unknown action', { action: 'maybe' }, 'action'],
      ['an unknown field', { action: 'approve', user_edits: {} }, 'user_edits'],
      ['who decides', { action: 'approve', by: { kind: 'member' } }, 'by'],
      ['a long comment', { action: 'approve', comment: 'x'.repeat(5001) }, 'comment'],
      ['a hash that is none', { action: 'approve', params_hash: 'abc' }, 'params_hash'],
      ['a digest that is none', { action: 'reject', card_digest: 'abc' }, 'card_digest'],
    ])('%s', async (_, body, path) => {
      const { action_id } = await here.pending();
      await here.refuses('INVALID', () => decide(here.owner, action_id, body), path);
    });

    it.each(['approve', 'reject', 'edit'])('a second decision: %s', async (action) => {
      for (const first of ['approve', 'reject']) {
        const tenant = await api.tenant();
        const { action_id } = await tenant.pending();
        await decide(tenant.owner, action_id, { action: first });
        const edits = action === 'edit' ? { edits: { say: 'x' } } : {};
        const refused = await tenant.refuses('INVALID_STATE', () =>
          decide(tenant.owner, action_id, { action, ...edits }),
        );
        expect(refused.action).toMatchObject({
          action_id,
          version: 2,
          status: first === 'approve' ? 'approved' : 'rejected',
        });
      }
    });

    it('an action that was never pending', async () => {
      const { action_id } = await here.propose();
      await here.refuses('INVALID_STATE', () => decide(here.owner, action_id, { action: 'approve' }));
    });
  });

  describe('with a hash', () => {
    it.each(['approve', 'reject', 'edit'])(
      'does not %s a version that was not read, and returns the current one',
      async (action) => {
        const seen = await here.pending();
        const body = { action, params_hash: WRONG, ...(action === 'edit' && { edits: { say: 'x' } }) };
        const refused = await here.refuses('CONFLICT', () => decide(here.owner, seen.action_id, body));
        expect(refused.action).toMatchObject({
          action_id: seen.action_id,
          params_hash: seen.params_hash,
          params: seen.params,
        });
        expect(pathsOf(refused)).toEqual(['params_hash']);
      },
    );

    it('requires the hash once the proposal has changed, and accepts only the new one', async () => {
      const seen = await here.pending();
      const { action_id } = seen;
      await here.owner.patch(`/v1/actions/${action_id}`, { params: { say: 'changed' } });
      const blind = await here.refuses('CONFLICT', () => decide(here.owner, action_id, { action: 'approve' }));
      expect(blind.action.params).toMatchObject({ say: 'changed' });
      const old = { action: 'approve', params_hash: seen.params_hash };
      await here.refuses('CONFLICT', () => decide(here.owner, action_id, old));
      const { status } = await decide(here.owner, action_id, {
        action: 'approve',
        params_hash: blind.action.params_hash,
      });
      expect(status).toBe(200);
      expect((await api.recorded(action_id)).row.cleared_hash).toBe(blind.action.params_hash);
    });

    it('rejects a changed proposal without a hash', async () => {
      const { action_id } = await here.pending();
      await here.owner.patch(`/v1/actions/${action_id}`, { params: { say: 'changed' } });
      expect((await decide(here.owner, action_id, { action: 'reject' })).status).toBe(200);
    });

    it('detects that the identity’s config changed in between', async () => {
      await actThroughSmtp(here);
      const { action_id, params_hash } = await here.pending();
      const changed = await here.owner.patch(`/v1/identities/${here.identityId}`, { config: { ...SMTP, port: 25 } });
      expect(changed.status).toBe(200);
      const refused = await here.refuses('CONFLICT', () =>
        decide(here.owner, action_id, { action: 'approve', params_hash }),
      );
      expect(refused.action.params_hash).not.toBe(params_hash);
    });

    it('accepts a new password', async () => {
      await actThroughSmtp(here);
      const { action_id, params_hash } = await here.pending();
      const credentials = { user: 'ann', pass: 'new' };
      expect((await here.owner.patch(`/v1/identities/${here.identityId}`, { credentials })).status).toBe(200);
      expect((await decide(here.owner, action_id, { action: 'approve', params_hash })).status).toBe(200);
    });
  });

  it('does not approve with an identity that has been disabled', async () => {
    const { action_id } = await here.pending();
    await here.owner.patch(`/v1/identities/${here.identityId}`, { status: 'disabled' });
    await here.refuses('INVALID', () => decide(here.owner, action_id, { action: 'approve' }), ['identity_id']);
    expect((await decide(here.owner, action_id, { action: 'reject' })).status).toBe(200);
  });

  it('does not approve an expired action, even before a sweep', async () => {
    const { action_id } = await here.pending({ expires_at: inFuture() });
    await api.world.db.pool.query("update actions set expires_at = now() - interval '1 s' where workspace_id = $1", [
      here.id,
    ]);
    await here.refuses('INVALID_STATE', () => decide(here.owner, action_id, { action: 'approve' }));
    const edit = { action: 'edit', edits: { say: 'x' } };
    await here.refuses('INVALID_STATE', () => decide(here.owner, action_id, edit));
    await here.refuses('INVALID_STATE', () => here.owner.post(`/v1/actions/${action_id}/execute`));
    await here.refuses('INVALID_STATE', () =>
      here.owner.patch(`/v1/actions/${action_id}`, { require_approval: false }),
    );
  });

  it('accepts at /reject the body of the equivalent approval and no other decision', async () => {
    const { action_id } = await here.pending();
    const reject = (body: object) => here.owner.post(`/v1/actions/${action_id}/reject`, body);
    for (const action of ['approve', 'edit']) await here.refuses('INVALID', () => reject({ action }));
    expect((await reject({ action: 'reject', comment: null })).body.action).toMatchObject({ status: 'rejected' });
  });

  it('sends a wake-up for the action that it cleared', async () => {
    const { action_id } = await here.pending();
    await decide(here.owner, action_id, { action: 'approve' });
    const { row } = await api.recorded(action_id);
    await until('the wake-up', () => api.world.queue.board.getJob(`${row.id}-2`));
  });
});
