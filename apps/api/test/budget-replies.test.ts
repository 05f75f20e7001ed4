// The same budget as in budget.test.ts, for what a tenant has stored: the largest replies that we know.
import { request } from 'node:http';
import { newId, formatId } from '@proviso/core';
import { startProbedApi, type Held, type Probed } from '@proviso/testing';
import { useApi, type Tenant } from './test-api.ts';

const HELD_MS_MAX = 50;
const PEAK_BYTES_MAX = 64 * 1024 * 1024;
const ATTEMPTS = 3;
const BY = '{"kind": "user", "id": "x", "name": "X"}';

describe('a reply', () => {
  const api = useApi();
  let probed: Probed;
  let here: Tenant;
  let token: string;
  beforeAll(async () => {
    probed = await startProbedApi({ databaseUrl: api.world.databaseUrl });
    here = await api.tenant();
    token = await here.token({});
  }, 60_000);
  afterAll(() => probed.kill());

  /** The bytes that came; a stream is left after so many. */
  const take = (path: string, more: { body?: object; headers?: Record<string, string>; upTo?: number } = {}) =>
    new Promise<number>((resolve, reject) => {
      const { body, headers, upTo = Infinity } = more;
      const sent = request(probed.url + path, {
        method: body ? 'POST' : 'GET',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
      });
      sent.on('error', reject);
      sent.on('response', (reply) => {
        let bytes = 0;
        const settle = (): void =>
          reply.statusCode === 200 ? resolve(bytes) : reject(new Error(`${reply.statusCode}`));
        reply.on('end', settle).on('data', (piece: Buffer) => {
          bytes += piece.length;
          if (bytes < upTo) return;
          settle();
          sent.destroy();
        });
      });
      sent.end(body && JSON.stringify(body));
    });

  /** The shortest hold of several attempts, since a true stall shows each time, and the most that any of them took. */
  async function expectWithin(what: string, attempt: () => Promise<number>): Promise<void> {
    let found: Held = { heldMs: Infinity, peakBytes: 0 };
    let bytes = 0;
    for (let attempts = 0; attempts < ATTEMPTS; attempts += 1) {
      const { heldMs, peakBytes } = await probed.measure(async () => (bytes = await attempt()), attempts > 0);
      found = { heldMs: Math.min(found.heldMs, heldMs), peakBytes: Math.max(found.peakBytes, peakBytes) };
    }
    const mib = (of: number): string => (of / 1024 / 1024).toFixed(1);
    process.stdout.write(
      `replies: ${what}: ${mib(bytes)} MiB, held ${found.heldMs.toFixed(0)} ms, peak ${mib(found.peakBytes)} MiB\n`,
    );
    expect(found.heldMs).toBeLessThan(HELD_MS_MAX);
    expect(found.peakBytes).toBeLessThan(PEAK_BYTES_MAX);
  }

  /** Actions that wait for a person; `text` is what their params repeat. Few per statement: each text is indexed for search. */
  const insert = async (rows: number, text: string, times: number): Promise<string[]> => {
    const made: string[] = [];
    while (made.length < rows) {
      const added = await api.world.db.pool.query<{ id: string }>(
        `insert into actions (id, workspace_id, identity_id, type, status, params, preview, due_at, asked_at, created_by)
         select gen_random_uuid(), $1, $2, 'create_note', 'pending_approval', jsonb_build_object('content', repeat($4, $5)),
           '{"title": "A note", "fields": []}', now(), now(), '${BY}' from generate_series(1, $3) returning id`,
        [here.id, here.identityId, Math.min(rows - made.length, times > 1_000 ? 50 : 2_000), text, times],
      );
      made.push(...added.rows.map(({ id }) => id));
    }
    return made;
  };

  it.each([
    ['250 KB of text in each row', 60, 'x', 250_000],
    ['100 KB of other letters', 120, 'é', 50_000],
    ['escapes', 60, '"\\', 60_000],
    ['many small rows', 2_000, 'small ', 100],
  ])('to a list does not delay other requests: %s', async (what, rows, text, times) => {
    await insert(rows, text, times);
    await expectWithin(`a list of /v1, ${what}`, () => take('/v1/actions?limit=100'));
    const pending = `/api/pending-actions?workspace_id=${here.id}&limit=1000`;
    await expectWithin(`pending actions, ${what}`, () => take(pending));
  });

  it('with a long log, or a stream from an old event, does not delay other requests', async () => {
    const [id = ''] = await insert(1, 'x', 250_000);
    const stream = `/api/pending-actions/stream?workspace_id=${here.id}`;
    const events = 300;
    await api.world.db.pool.query(
      `insert into action_events (action_id, version, workspace_id, event, status, actor, data, at)
       select $1, v, $2, 'action.updated', 'pending_approval', '${BY}',
         jsonb_build_object('changes', repeat('x', 20000)), now() from generate_series(1, $3) v`,
      [id, here.id, events],
    );
    await api.world.db.tables.actions.update({ where: { id }, data: { version: events } });
    await expectWithin('a long log', () => take(`/v1/actions/${formatId('action', id)}`));
    const headers = { 'last-event-id': '1-1' };
    for (const path of ['/v1/events', stream])
      await expectWithin(path.slice(0, 28), () => take(path, { headers, upTo: 20_000_000 }));
  });

  it('to a bulk over large actions does not delay other requests', async () => {
    const ids = await insert(700, 'x', 100_000);
    await expectWithin('a bulk decision', () =>
      take('/v1/actions/approve/bulk', { body: { action: 'reject', action_ids: ids.splice(0, 200) } }),
    );
    const mission_id = newId();
    const batch_id = `${mission_id}:create_note`;
    const some = ids.slice(0, 60);
    await api.world.db.tables.actions.updateMany({ where: { id: { in: some } }, data: { mission_id, batch_id } });
    await expectWithin('a batch', () => {
      const items = some.splice(0, 20).map((pendingActionId) => ({ pendingActionId, exclude: true }));
      return take(`/api/pending-actions/batch/${batch_id}/approve`, { body: { items } });
    });
  });
});
