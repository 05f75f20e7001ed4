import type { Action } from '@proviso/contracts';
import { until } from '@proviso/testing';
import { uuidOf, useTenant } from './test-api.ts';

const titlesOf = (actions: Action[]): unknown[] => actions.map(({ params }) => params.title);
const task = (title: string, more: object = {}) => ({ type: 'create_task', params: { title, ...more } });

describe('searching and counting what waits', () => {
  const { api, here } = useTenant();
  const found = async (q: string): Promise<unknown[]> => {
    const { status, body } = await here.owner.get(
      `/v1/actions?status=pending_approval&q=${encodeURIComponent(q)}&sort_dir=asc`,
    );
    expect(status).toBe(200);
    expect(body.pagination.total_items).toBe(body.actions.length);
    return titlesOf(body.actions);
  };

  it('finds what has a word that begins with each of the words, in any case and order', async () => {
    await here.pending(task('Send the quote', { description: 'To Ada.Lovelace@example.com\nby Friday' }));
    await here.pending(task('Call Grace', { description: 'About 480.00 EUR' }));
    await here.pending({ ...task('Clean up'), description: 'The quotation is old' });
    expect(await found('quot')).toEqual(['Send the quote', 'Clean up']);
    expect(await found('THE ada')).toEqual(['Send the quote']);
    expect(await found('lovelace@example.com')).toEqual(['Send the quote']);
    expect(await found('by fri')).toEqual(['Send the quote']);
    expect(await found('480')).toEqual(['Call Grace']);
    expect(await found('uote')).toEqual([]);
    expect(await found('… –')).toEqual(['Send the quote', 'Call Grace', 'Clean up']);
  });

  it.each(["a' | 'b", "x'); drop table actions; --", '!a', 'a & b', 'a:*', '\\', "'", '<->', 'a <2> b'])(
    'reads %j as words, never as an expression',
    async (q) => {
      await here.pending(task('Send the quote'));
      expect(await found(`${q} zzz`)).toEqual([]);
    },
  );

  it('takes proposals whose text is as long and varied as a text can be', async () => {
    const description = Array.from({ length: 6_000 }, (_, at) => at.toString(36)).join(' ');
    await here.pending(task('Long', { description }));
    expect(await found('long')).toEqual(['Long']);
  });

  it('reads the index of words also in a table that is small or was never analysed', async () => {
    const scans = async (): Promise<number> => {
      const { rows } = await api.world.db.pool.query<{ scans: number }>(
        "select idx_scan::int as scans from pg_stat_user_indexes where indexrelname = 'actions_waiting_words_idx'",
      );
      return rows[0]?.scans ?? 0;
    };
    await here.pending(task('Send the quote'));
    const before = await scans();
    await found('quote');
    await until('the index to be read', async () => (await scans()) > before);
  });

  it('does not find what was decided, and nothing of another workspace', async () => {
    const there = await api.tenant();
    await there.pending(task('Send the quote'));
    const { action_id } = await here.pending(task('Send the quote'));
    expect(await found('quote')).toEqual(['Send the quote']);
    await here.owner.post(`/v1/actions/${action_id}/reject`);
    expect(await found('quote')).toEqual([]);
  });

  it.each([
    ['without the status', 'q=a', 'q'],
    ['with more statuses', 'q=a&status=pending_approval,failed', 'q'],
    ['with too many words', `q=${'a+'.repeat(17)}&status=pending_approval`, 'q'],
    ['an empty text', 'q=&status=pending_approval', 'q'],
    ['a time without an offset', 'created_before=2026-01-01T00:00:00', 'created_before'],
  ])('refuses %s, and names the field', async (_, query, path) => {
    for (const list of ['actions', 'actions/counts']) {
      await here.refuses('INVALID', () => here.owner.get(`/v1/${list}?${query}`), path);
    }
  });

  it('filters by the time of the proposal: from one time on, and before another', async () => {
    const times: string[] = [];
    for (const title of ['One', 'Two', 'Three']) times.push((await here.pending(task(title))).created_at);
    const titles = async (query: string): Promise<unknown[]> => {
      const { body } = await here.owner.get(`/v1/actions?sort_dir=asc&${query}`);
      return titlesOf(body.actions);
    };
    const after = (time: string | undefined): string => new Date(Date.parse(time ?? '') + 1).toISOString();
    expect(await titles(`created_before=${after(times[0])}`)).toEqual(['One']);
    expect(await titles(`created_after=${after(times[1])}`)).toEqual(['Three']);
    expect(await titles(`created_after=${after(times[0])}&created_before=${after(times[1])}`)).toEqual(['Two']);
  });

  it('counts by type and by agent what the filters leave', async () => {
    const there = await api.tenant();
    await there.pending(task('Theirs'));
    const agent = await here.client({ agent: 'Outreach' });
    const one = await here.pending(task('Send the quote'));
    await here.pending(task('x'), agent);
    const { agent_id } = await here.pending({}, agent);
    const counts = async (query: string) => (await here.owner.get(`/v1/actions/counts?${query}`)).body;
    expect(await counts('status=pending_approval')).toEqual({
      status: 'success',
      total: 3,
      types: [
        { type: 'create_task', count: 2 },
        { type: expect.stringMatching(/^probe_/), count: 1 },
      ],
      agents: [
        { agent_id, count: 2 },
        { agent_id: null, count: 1 },
      ],
    });
    expect(await counts('status=pending_approval&q=quote')).toMatchObject({ total: 1, agents: [{ agent_id: null }] });
    await here.owner.post(`/v1/actions/${one.action_id}/reject`);
    expect(await counts('status=pending_approval')).toMatchObject({ total: 2 });
  });

  it('counts up to 10 000', async () => {
    const { action_id } = await here.pending(task('Many'));
    for (let times = 0; times < 4; times++)
      await api.world.db.pool.query(
        `insert into actions select (jsonb_populate_record(a, jsonb_build_object('id', gen_random_uuid()))).*
         from actions a, generate_series(1, 2501) where a.id = $1`,
        [uuidOf(action_id)],
      );
    const { body } = await here.owner.get('/v1/actions/counts?status=pending_approval&q=many');
    expect(body).toMatchObject({ total: 10_000, total_is_estimate: true });
  });
});
