import { SCOPES, type BatchApproveReply } from '@proviso/contracts';
import { execute, hashToken, newId, newToken, formatId } from '@proviso/core';
import { defineExecutor, done } from '@proviso/core/executor';
import { effectsOf, until } from '@proviso/testing';
import { z } from 'zod';
import { codeOf, pathsOf, useTenant, type Client, type Reply } from './test-api.ts';
import { asking, at, waiting } from './pending-client.ts';

interface Item {
  pendingActionId: string;
  userEdits?: object;
  exclude?: boolean;
  params_hash?: string;
}

/** What its preview shows is found anew each time that it is rendered. */
let found = 'first';
const drifting = defineExecutor<{ say: string }>({
  type: 'probe_drifting',
  version: 1,
  delivery: 'transactional',
  identity: 'none',
  params: z.strictObject({ say: z.string() }),
  readCurrent: async () => ({ found }),
  preview: ({ say }, { current }) => ({ title: say, fields: [{ label: 'Found', value: current?.found ?? null }] }),
  execute: async () => done({}),
});

describe('POST /api/pending-actions/batch/{batch_id}/approve', () => {
  const { api, here } = useTenant({ executors: [drifting] });

  /** A batch of that many actions. */
  async function batch(count: number, more: object = {}) {
    const mission = newId();
    const ids: string[] = [];
    for (let index = 0; index < count; index += 1)
      ids.push(await waiting(here, { mission_id: mission, params: { say: `${index}` }, ...more }));
    return { mission, ids, batchId: `${mission}:probe_idempotent` };
  }
  const pathOf = (batchId: string): string => `${at}/batch/${encodeURIComponent(batchId)}/approve`;
  const send = (by: Client, batchId: string, items: unknown): Promise<Reply> => by.post(pathOf(batchId), { items });
  const approve = async (by: Client, batchId: string, items: Item[]): Promise<BatchApproveReply> => {
    const { status, text, body } = await send(by, batchId, items);
    expect({ status, text }).toMatchObject({ status: 200 });
    return body as unknown as BatchApproveReply;
  };
  const statusOf = async (id: string): Promise<string> => (await api.recorded(id)).row.status;

  it('200: a summary; userEdits are merged, exclude rejects, what is not listed is left pending', async () => {
    const { ids, batchId } = await batch(4);
    const [one = '', two = '', three = '', four = ''] = ids;
    const reply = await approve(here.owner, batchId, [
      { pendingActionId: one, userEdits: { say: 'edited' } },
      { pendingActionId: two },
      { pendingActionId: three, exclude: true },
    ]);
    expect(reply).toEqual({ batchId, approved: 2, rejected: 1, skipped: 0 });
    expect(await Promise.all(ids.map(statusOf))).toEqual(['approved', 'approved', 'rejected', 'pending_approval']);
    expect((await api.recorded(one)).row.user_edits).toEqual({ say: 'edited' });
    for (const [id, trail] of [
      [two, ['action.created', 'action.approved']],
      [three, ['action.created', 'action.rejected']],
      [four, ['action.created']],
    ] as const)
      expect((await api.recorded(id)).trail).toEqual(trail);
  });

  it('takes snake_case and TypeIDs as well, and the path in either encoding', async () => {
    const { mission, ids, batchId } = await batch(2);
    const [one = '', two = ''] = ids;
    const items = [
      { pending_action_id: formatId('action', one), user_edits: { after_ms: 1 }, exclude: false },
      { pending_action_id: two },
    ];
    const path = `${at}/batch/${mission.toUpperCase()}:probe_idempotent/approve`;
    const { body } = await here.owner.post(path, { items });
    expect(body).toMatchObject({ batchId, approved: 2 });
  });

  it('decodes the batch id of the path once', async () => {
    const { ids, batchId } = await batch(1);
    const twice = `${at}/batch/${encodeURIComponent(encodeURIComponent(batchId))}/approve`;
    const ask = () => here.owner.post(twice, { items: [{ pendingActionId: ids[0] }] });
    await here.refuses('NOT_FOUND', ask);
  });

  it('counts zeros for empty items', async () => {
    const { ids, batchId } = await batch(1);
    expect(await approve(here.owner, batchId, [])).toEqual({ batchId, approved: 0, rejected: 0, skipped: 0 });
    expect(await statusOf(ids[0] ?? '')).toBe('pending_approval');
  });

  it('skips and does not count what was already decided', async () => {
    const { ids, batchId } = await batch(3);
    const [one = '', two = '', three = ''] = ids;
    await asking(here.owner).post(`/${one}/reject`);
    await asking(here.owner).post(`/${two}/approve`);
    const items = [
      { pendingActionId: one, userEdits: { say: 1 } },
      { pendingActionId: two, exclude: true },
      { pendingActionId: three },
    ];
    expect(await approve(here.owner, batchId, items)).toMatchObject({ approved: 1, rejected: 0, skipped: 0 });
    expect(await Promise.all(ids.map(statusOf))).toEqual(['rejected', 'approved', 'approved']);
  });

  it('skips what somebody else decides in between, and decides the rest', async () => {
    const { ids, batchId } = await batch(3);
    const [, taken = ''] = ids;
    const blocker = await api.world.db.pool.connect();
    await blocker.query('begin');
    await blocker.query('select 1 from actions where id = $1 for update', [taken]);
    const reply = approve(
      here.owner,
      batchId,
      ids.map((pendingActionId) => ({ pendingActionId })),
    );
    // The batch has looked, decided the first and waits for the second: now it is another's.
    await waitingForLock();
    await blocker.query(
      `update actions set status = 'rejected', completed_at = now(), version = version + 1 where id = $1`,
      [taken],
    );
    await blocker.query('commit');
    blocker.release();
    expect(await reply).toEqual({ batchId, approved: 2, rejected: 0, skipped: 1 });
    expect(await Promise.all(ids.map(statusOf))).toEqual(['approved', 'rejected', 'approved']);
  });

  async function waitingForLock(): Promise<void> {
    const blocked = 'select 1 from pg_locks where not granted';
    await until('the batch to wait', async () => (await api.world.db.pool.query(blocked)).rows.length > 0);
  }

  describe('422 validation, and nothing changed:', () => {
    const FAULTS: [string, (ids: string[], elsewhere: string) => unknown[], string[]][] = [
      ['a malformed id', () => [{ pendingActionId: 'pa-1' }], ['items[1].pendingActionId']],
      ['an unknown id', () => [{ pendingActionId: newId() }], ['items[1].pendingActionId']],
      ['an id of another batch', (_, elsewhere) => [{ pendingActionId: elsewhere }], ['items[1].pendingActionId']],
      ['an id twice', ([one]) => [{ pendingActionId: one }], ['items[1].pendingActionId']],
      [
        'an id twice, in its two forms',
        ([one = '']) => [{ pendingActionId: formatId('action', one) }],
        ['items[1].pendingActionId'],
      ],
      ['a bad edit', ([, two]) => [{ pendingActionId: two, userEdits: { say: 1 } }], ['items[1].userEdits.say']],
      [
        'an edit of where the call belongs',
        ([, two]) => [{ pendingActionId: two, user_edits: { mission_id: newId() } }],
        ['items[1].userEdits.mission_id'],
      ],
      [
        'exclude with edits',
        ([, two]) => [{ pendingActionId: two, exclude: true, userEdits: {} }],
        ['items[1].userEdits'],
      ],
      ['an unknown field', ([, two]) => [{ pendingActionId: two, include: true }], ['items[1].include']],
      ['no id', () => [{ exclude: true }], ['items[1].pendingActionId']],
      [
        'one field in both spellings',
        ([, two]) => [{ pendingActionId: two, pending_action_id: two }],
        ['items[1].pendingActionId'],
      ],
      [
        'two faults, which are both named',
        ([, two]) => [{ pendingActionId: two, userEdits: { say: 1 } }, { pendingActionId: newId() }],
        ['items[1].userEdits.say', 'items[2].pendingActionId'],
      ],
    ];

    it.each(FAULTS)('%s', async (_, more, paths) => {
      const { ids, batchId } = await batch(2);
      const elsewhere = await waiting(here, { mission_id: newId() });
      const items = [{ pendingActionId: ids[0] }, ...more(ids, elsewhere)];
      await here.refuses('validation', () => send(here.owner, batchId, items), paths);
    });

    it('an identity that is disabled', async () => {
      const { ids, batchId } = await batch(1);
      await here.owner.patch(`/v1/identities/${here.identityId}`, { status: 'disabled' });
      const ask = () => send(here.owner, batchId, [{ pendingActionId: ids[0] }]);
      await here.refuses('validation', ask, ['items[0].identityId']);
    });

    it('a question, which is answered by itself', async () => {
      const more = { type: 'escalate_to_human', params: { reason: 'May I?' } };
      const { mission, ids } = await batch(1, more);
      const ask = () => send(here.owner, `${mission}:escalate_to_human`, [{ pendingActionId: ids[0] }]);
      await here.refuses('validation', ask, ['items[0].pendingActionId']);
    });

    it.each([[undefined], [null], ['x'], [{}], [Array.from({ length: 1_001 }, () => ({}))]])(
      'items that are no list of at most 1 000',
      async (items) => {
        const { batchId } = await batch(1);
        await here.refuses('validation', () => send(here.owner, batchId, items));
      },
    );
  });

  it('paramsHash: decides what was seen, and 409 CONFLICT with nothing changed otherwise', async () => {
    const { ids, batchId } = await batch(2);
    const [one = '', two = ''] = ids;
    await here.owner.patch(`/v1/actions/${two}`, { params: { say: 'changed' } });
    for (const paramsHash of [undefined, '0'.repeat(64)]) {
      const items = [{ pendingActionId: one }, { pendingActionId: two, ...(paramsHash && { paramsHash }) }];
      await here.refuses('CONFLICT', () => send(here.owner, batchId, items), ['items[1].paramsHash']);
    }
    const { paramsHash } = (await asking(here.owner).get(`/${two}`)).body;
    const items = [{ pendingActionId: one }, { pendingActionId: two, params_hash: paramsHash }];
    expect(await approve(here.owner, batchId, items)).toMatchObject({ approved: 2 });
  });

  it('409 CONFLICT, and nothing decided, when a preview had to be rendered again: it must be seen first', async () => {
    found = 'first';
    const { ids, mission } = await batch(2, { type: 'probe_drifting' });
    const batchId = `${mission}:probe_drifting`;
    found = 'second';
    const items = ids.map((pendingActionId) => ({ pendingActionId }));
    const refused = await send(here.owner, batchId, items);
    expect([refused.status, codeOf(refused), pathsOf(refused.body)]).toEqual([
      409,
      'CONFLICT',
      ['items[0].pendingActionId', 'items[1].pendingActionId'],
    ]);
    const seen = await Promise.all(ids.map(async (id) => (await asking(here.owner).get(`/${id}`)).body));
    for (const { status, preview } of seen)
      expect([status, preview?.fields]).toEqual(['pending', [{ label: 'Found', value: 'second' }]]);
    const again = seen.map(({ paramsHash }, index) => ({ pendingActionId: ids[index] ?? '', paramsHash }));
    expect(await approve(here.owner, batchId, again)).toMatchObject({ approved: 2, skipped: 0 });
  });

  it('404 NOT_FOUND: the batch is empty or does not exist', async () => {
    const mission_id = newId();
    await here.propose({ mission_id }); // never waited
    for (const batchId of [`${newId()}:probe_idempotent`, `${mission_id}:probe_idempotent`, 'x', '%00'])
      await here.refuses('NOT_FOUND', () => send(here.owner, batchId, []));
  });

  describe('a batch in two workspaces', () => {
    const spread = async () => {
      const one = await batch(1);
      const there = await api.tenant();
      await waiting(there, { mission_id: one.mission });
      return { ...one, there };
    };

    it('500 INVARIANT_VIOLATION: for a member of both who does not say which by X-Workspace-Id', async () => {
      const { there, ids, batchId } = await spread();
      const { users, members, api_keys } = api.world.db.tables;
      const user = await users.create({ data: { id: newId(), email: `${newId()}@example.com`, name: 'Ann' } });
      for (const { id } of [here, there])
        await members.create({ data: { workspace_id: id, user_id: user.id, role: 'owner' } });
      const token = newToken();
      const hashed = { lookup: 'personal', token_hash: hashToken(token) };
      const personal = { kind: 'personal', person_id: user.id, home_workspace_id: here.id, created_by: {} };
      await api_keys.create({ data: { id: newId(), name: 'Ann', ...personal, ...hashed, scopes: [...SCOPES] } });
      const ask = () => send(api.with(token), batchId, [{ pendingActionId: ids[0] }]);
      await here.refuses('INVARIANT_VIOLATION', ask);
      const meant = await api
        .with(token)
        .raw('post', `${at}/batch/${batchId}/approve`, JSON.stringify({ items: [{ pendingActionId: ids[0] }] }), {
          'X-Workspace-Id': here.id,
        });
      expect([meant.status, meant.body]).toMatchObject([200, { approved: 1 }]);
    });

    it('is no trouble for a member of one', async () => {
      const { ids, batchId } = await spread();
      expect(await approve(here.owner, batchId, [{ pendingActionId: ids[0] ?? '' }])).toMatchObject({ approved: 1 });
    });
  });

  it('decides each of 200 rows once for two reviewers at once, whose approved add up to 200; each runs once', async () => {
    const { ids, batchId } = await batch(200);
    const reviewers = [await here.client({ role: 'reviewer' }), await here.client({ role: 'reviewer' })];
    const items = ids.map((pendingActionId) => ({ pendingActionId }));
    const replies = await Promise.all(reviewers.map((by) => approve(by, batchId, items)));
    expect(replies.reduce((sum, { approved }) => sum + approved, 0)).toBe(200);
    expect(replies.map(({ rejected }) => rejected)).toEqual([0, 0]);
    const decisions = { workspace_id: here.id, event: 'action.approved' };
    expect(await api.world.db.tables.action_events.count({ where: decisions })).toBe(200);
    const workers = [api.world.worker(), api.world.worker()];
    await Promise.all(workers.flatMap((worker) => ids.map((id) => execute(worker, id))));
    expect(ids.map((id) => effectsOf(formatId('action', id)).length)).toEqual(ids.map(() => 1));
    await here.refuses('INVALID_STATE', () => here.owner.post(`${at}/${ids[0]}/approve`));
  }, 60_000);
});
