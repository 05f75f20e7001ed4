import { parseId, proposeAgain, confirmOutcome } from '@proviso/core';
import { uuidOf, type Client, type Reply, useTenant } from './test-api.ts';

const confirm = (by: Client, id: string, body: object = { outcome: 'done' }): Promise<Reply> =>
  by.post(`/v1/actions/${id}/outcome`, body);
const again = (by: Client, id: string, body: object = {}): Promise<Reply> =>
  by.post(`/v1/actions/${id}/propose-again`, body);

describe('an unknown outcome', () => {
  const { api, here } = useTenant();

  /** An action that ended in that way. */
  async function ended(columns: string): Promise<string> {
    const { action_id } = await here.pending();
    await api.world.setAction(action_id, `${columns}, completed_at = now()`);
    return action_id;
  }
  const unknown = (): Promise<string> => ended("status = 'failed', status_reason = 'outcome_unknown'");

  it.each([
    ['done', 'confirmed_done'],
    ['not_done', 'confirmed_not_done'],
  ])('is confirmed as %s by a reviewer, and its log says by whom and why', async (outcome, status_reason) => {
    const id = await unknown();
    const list = async (): Promise<string[]> =>
      (await here.owner.get('/v1/actions?status_reason=outcome_unknown')).body.actions.map((one) => one.action_id);
    expect(await list()).toEqual([id]);
    const { body } = await confirm(await here.client({ role: 'reviewer' }), id, { outcome, comment: 'I looked.' });
    expect(body.action).toMatchObject({ status: 'failed', status_reason });
    expect(await list()).toEqual([]);
    expect((await api.recorded(id)).last).toMatchObject({
      event: 'action.outcome_confirmed',
      actor: { kind: 'member' },
      data: { outcome, comment: 'I looked.', via: 'api' },
    });
  });

  it('is confirmed once: of twenty at the same time, one wins and the others learn what it is now', async () => {
    const id = await unknown();
    const owner = await here.as({});
    const all = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        confirmOutcome(owner, id, { outcome: n % 2 ? 'done' : 'not_done' }).catch((error: { code: string }) => error),
      ),
    );
    const won = all.filter((one) => !('code' in one));
    expect(won).toHaveLength(1);
    const now = (await here.owner.get(`/v1/actions/${id}`)).body.action;
    expect(won[0]).toMatchObject({ status_reason: now.status_reason, version: now.version });
    const late = await here.refuses('INVALID_STATE', () => confirm(here.owner, id));
    const found = now.status_reason === 'confirmed_done' ? 'it happened' : 'it did not happen';
    expect(late.error).toBe(`owner has already confirmed the outcome: ${found}.`);
    for (const lost of all) if ('code' in lost) expect(lost).toMatchObject({ message: late.error });
    expect(late.action).toMatchObject({ status_reason: now.status_reason });
  });

  it('is refused for an action whose outcome is known', async () => {
    const { action_id } = await here.pending();
    const open = await here.refuses('INVALID_STATE', () => confirm(here.owner, action_id));
    expect(open.error).toBe('An action that is pending_approval cannot be confirmed: it must be failed.');
    const crashed = await ended("status = 'failed', status_reason = 'crashed'");
    await here.refuses('INVALID_STATE', () => confirm(here.owner, crashed));
  });

  it('must be confirmed before the action is proposed again', async () => {
    const id = await unknown();
    const refused = await here.refuses('INVALID_STATE', () => again(here.owner, id));
    expect(refused.error).toBe('It may have happened. Check, confirm what you found, then propose it again.');
    await confirm(here.owner, id, { outcome: 'not_done' });
    expect((await again(here.owner, id)).body.action).toMatchObject({ status: 'pending_approval', again_of: id });
  });

  describe('proposing again', () => {
    const rejected = (): Promise<string> => ended("status = 'rejected'");

    it('creates an action with the same content, which waits for a person and names the earlier one', async () => {
      const { action_id } = await here.pending({
        params: { say: 'hello' },
        description: 'Please.',
        list_id: 'spring',
        metadata: { a: 'b' },
      });
      await here.owner.post(`/v1/actions/${action_id}/reject`, { comment: 'Not so.' });
      const { body } = await again(here.owner, action_id, { params: { say: 'good morning' } });
      expect(body.action).toMatchObject({
        status: 'pending_approval',
        again_of: action_id,
        params: { say: 'good morning' },
        description: 'Please.',
        list_id: 'spring',
        metadata: { a: 'b' },
      });
      const found = (await here.owner.get(`/v1/actions?again_of=${action_id}`)).body.actions;
      expect(found.map((one) => one.action_id)).toEqual([body.action_id]);
    });

    it('creates one action for any number of calls', async () => {
      const id = await rejected();
      const owner = await here.as({});
      const all = await Promise.all(Array.from({ length: 20 }, () => proposeAgain(owner, id, {})));
      expect(new Set(all.map((one) => one.id)).size).toBe(1);
      expect(uuidOf((await again(here.owner, id)).body.action_id)).toBe(all[0]?.id);
      expect(await api.world.db.tables.actions.count({ where: { again_of: parseId('action', id) ?? '' } })).toBe(1);
    });

    it('says so when a later call asks for something else, in place of dropping it', async () => {
      const id = await ended("status = 'rejected'");
      const { body } = await again(here.owner, id, { params: { say: 'first' } });
      const other = { params: { say: 'second' }, description: 'Another reason' };
      const refused = await here.refuses('CONFLICT', () => again(here.owner, id, other), ['params.say', 'description']);
      expect(refused.error).toContain(body.action_id);
      for (const same of [{}, { params: { say: 'first' } }])
        expect((await again(here.owner, id, same)).body.action_id).toBe(body.action_id);
    });

    it('is for an agent only of its own actions', async () => {
      const agent = await here.client({ agent: 'writer', role: 'owner' });
      const others = await rejected();
      await here.refuses('FORBIDDEN', () => again(agent, others));
      const { action_id } = await here.pending({}, agent);
      await here.owner.post(`/v1/actions/${action_id}/reject`, {});
      expect((await again(agent, action_id)).body.action).toMatchObject({ status: 'pending_approval' });
    });

    it('is refused while the action is open, and for params that do not fit', async () => {
      const { action_id } = await here.pending();
      const open = await here.refuses('INVALID_STATE', () => again(here.owner, action_id));
      expect(open.error).toBe('An action that is pending_approval cannot be proposed again: it must have ended.');
      const id = await rejected();
      await here.refuses('INVALID', () => again(here.owner, id, { params: { nonsense: 1 } }));
    });
  });
});
