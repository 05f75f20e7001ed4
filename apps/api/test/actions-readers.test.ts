import { until } from '@proviso/testing';
import { clientOf, join, startTestApi, uuidOf, type Client, useTenant } from './test-api.ts';

const report = async (by: Client, id: string): Promise<string[]> => {
  const { status, text, body } = await by.post(`/v1/actions/${id}/readers`, {});
  if (status !== 200) throw new Error(text);
  return (body as unknown as { readers: { name: string }[] }).readers.map(({ name }) => name);
};

describe('who is reading an action', () => {
  const { api, here } = useTenant();

  it('is told to each of the others through any api, and locks nothing', async () => {
    const { action_id } = await here.pending();
    const ann = await join(api, here.owner, 'reviewer');
    const other = await startTestApi(api.world);
    try {
      expect(await report(here.owner, action_id)).toEqual([]);
      const names = await report(clientOf(other.url, ann.token), action_id);
      expect(names).toHaveLength(1);
      expect(await report(here.owner, action_id)).toEqual(['Ann']);
    } finally {
      await other.close();
    }
    expect((await here.owner.post(`/v1/actions/${action_id}/approve`, { action: 'approve' })).status).toBe(200);
    expect((await api.recorded(action_id)).trail).toEqual(['action.created', 'action.approved']);
  });

  it('is the action that was reported last: a reader has left the one before', async () => {
    const [one, two] = [await here.pending(), await here.pending()];
    const ann = await join(api, here.owner, 'reviewer');
    await report(ann.by, one.action_id);
    await report(ann.by, two.action_id);
    expect(await report(here.owner, one.action_id)).toEqual([]);
    expect(await report(here.owner, two.action_id)).toEqual(['Ann']);
  });

  it('ends twelve seconds after the last report, by the database’s clock', async () => {
    const { action_id } = await here.pending();
    const ann = await join(api, here.owner, 'reviewer');
    const reportedBefore = (seconds: number) =>
      api.world.db.pool.query(`update readers set seen_at = now() - $2 * interval '1 s' where action_id = $1`, [
        uuidOf(action_id),
        seconds,
      ]);
    await report(ann.by, action_id);
    await reportedBefore(11);
    expect(await report(here.owner, action_id)).toEqual(['Ann']);
    await until('Ann to be gone', async () => (await report(here.owner, action_id)).length === 0, 5_000);
  });

  it('ends with the membership', async () => {
    const { action_id } = await here.pending();
    const ann = await join(api, here.owner, 'reviewer');
    await report(ann.by, action_id);
    await here.owner.delete(`/v1/members/${ann.user_id}`, {});
    expect(await report(here.owner, action_id)).toEqual([]);
  });
});
