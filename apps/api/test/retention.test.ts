import type { ExportLine } from '@proviso/contracts';
import { applyRetention, claim, continueErasure, newId } from '@proviso/core';
import { uuidOf, useTenant } from './test-api.ts';

describe('/v1/legal-holds', () => {
  const { api, here } = useTenant();

  it('are placed with a reason, listed, and released once', async () => {
    const { action_id } = await here.propose();
    const placed = await here.owner.post('/v1/legal-holds', { reason: 'Case 7', action_id });
    expect([placed.status, placed.body.legal_hold]).toMatchObject([
      201,
      { scope: 'action', action_id, released_at: null },
    ]);
    const path = `/v1/legal-holds/${placed.body.legal_hold.hold_id}`;
    const released = (await here.owner.delete(path)).body.legal_hold;
    expect(released.released_by).toEqual(placed.body.legal_hold.created_by);
    expect((await here.owner.delete(path)).body.legal_hold).toEqual(released);
    expect((await here.owner.get('/v1/legal-holds')).body.legal_holds).toEqual([released]);
    const there = await api.tenant();
    expect((await there.owner.get('/v1/legal-holds')).body.legal_holds).toEqual([]);
    await here.refuses('NOT_FOUND', () => there.owner.delete(path));
    await there.refuses('NOT_FOUND', () => there.owner.post('/v1/legal-holds', { reason: 'x', action_id }));
  });

  it('cover one thing', async () => {
    const { action_id } = await here.propose();
    const body = { reason: 'x', action_id, mission_id: newId() };
    await here.refuses('INVALID', () => here.owner.post('/v1/legal-holds', body));
  });
});

describe('a redacted action', () => {
  const { api, here } = useTenant();

  it('says so in both dialects, and keeps its hash, its decision and its times', async () => {
    const { action_id } = await here.pending({ params: { say: 'secret' } });
    await here.owner.post(`/v1/actions/${action_id}/reject`, { comment: 'secret' });
    await here.owner.patch('/v1/settings', { retention: { params_days: 3, actions_days: null } });
    const uuid = uuidOf(action_id);
    const read = async () => [
      (await here.owner.get(`/v1/actions/${action_id}`)).body.action,
      (await here.owner.get(`/api/pending-actions/${uuid}`)).body as object,
    ];
    await api.world.db.pool.query(
      "update actions set completed_at = now() - interval '4 d', updated_at = now() - interval '4 d' where id = $1",
      [uuid],
    );
    const [before, pendingBefore] = await read();
    expect(await applyRetention(api.world)).toBe(1);
    const [after, pendingAfter] = await read();
    expect(JSON.stringify([after, pendingAfter])).not.toContain('secret');
    const approval = { ...(before as { approval: object }).approval, comment: null };
    const gone = { params: {}, preview: null, card_digest: null, approval, logs: expect.any(Array) as object };
    expect(after).toEqual({ ...before, ...gone, redacted_at: expect.any(String) as string });
    const pendingGone = { toolInput: {}, preview: null, comment: null, redactedAt: expect.any(String) as string };
    expect(pendingAfter).toEqual({ ...pendingBefore, ...pendingGone });
  });

  it.each([
    [{ params_days: 2, actions_days: null }, 'retention.params_days'],
    [{ params_days: 30, actions_days: 29 }, 'retention.params_days'],
    [{ params_days: 30 }, 'retention.actions_days'],
  ])('cannot be asked for with %o', async (retention, path) => {
    await here.refuses('INVALID', () => here.owner.patch('/v1/settings', { retention }), [path]);
  });
});

describe('GET /v1/export', () => {
  const { api, here } = useTenant();
  const exported = async (): Promise<ExportLine[]> => {
    const reply = await fetch(`${api.url}/v1/export`, { headers: { authorization: `Bearer ${await here.token({})}` } });
    expect(reply.headers.get('content-type')).toMatch('application/x-ndjson');
    const lines = (await reply.text()).trimEnd().split('\n');
    return lines.map((line) => JSON.parse(line) as ExportLine);
  };

  it('sends every row of the workspace once, each action followed by its log, between a first and a last line', async () => {
    const there = await api.tenant();
    await there.propose();
    for (let n = 0; n < 12; n += 1) await here.propose({ params: { say: `No. ${n}` } });
    await here.owner.post('/v1/contacts', { email: 'ann@example.com' });
    await here.identity('smtp', { host: 'h' }, { password: 'hunter2' });
    await here.owner.post('/v1/tools', {
      name: 'refund',
      url: 'https://tools.example.com/r',
      input_schema: { type: 'object' },
    });
    // larger than a page of rows
    await api.world.db.pool.query(
      `insert into contacts (id, workspace_id, email, updated_at)
       select gen_random_uuid(), $1, n || '@example.com', now() from generate_series(1, 1200) n`,
      [here.id],
    );
    const lines = await exported();
    const [first, last] = [lines[0], lines.at(-1)];
    expect(first).toMatchObject({
      kind: 'export',
      version: 1,
      row: { id: here.id },
      counts: { actions: 12, contacts: 1_201 },
    });
    const sent: Record<string, number> = {};
    for (const { kind } of lines.slice(1, -1)) sent[kind] = (sent[kind] ?? 0) + 1;
    expect(last).toEqual({ kind: 'end', counts: sent });
    expect(sent).toMatchObject({ actions: 12, action_events: 12, contacts: 1_201, tools: 1, identities: 2 });
    expect(new Set(lines.flatMap(({ kind, row }) => (kind === 'contacts' ? [row?.email] : []))).size).toBe(1_201);
    lines.forEach(({ kind, row }, index) => {
      if (kind === 'actions')
        expect(lines[index + 1]).toMatchObject({ kind: 'action_events', row: { action_id: row?.id } });
      if (index > 0 && row) expect(row.workspace_id).toBe(here.id);
    });
    const text = JSON.stringify(lines);
    for (const secret of ['hunter2', 'credentials', 'token_hash', 'secret_hash', '"secret"'])
      expect(text).not.toContain(secret);
    const again = await exported();
    expect(again.filter(({ kind }) => kind === 'workspace_exports')).toMatchObject([
      { row: { completed_at: expect.any(String) as string, counts: { contacts: 1_201 } } },
      { row: { completed_at: null } },
    ]);
  });

  it('names every table of a workspace, or says why not', async () => {
    const { rows } = await api.world.db.pool.query<{ name: string }>(
      "select table_name as name from information_schema.columns where table_schema = 'public' and column_name = 'workspace_id'",
    );
    const kinds = new Set(Object.keys((await exported())[0]?.counts ?? {}));
    // the log comes with its action; the others say what is being read, hold what other rows say, or are secrets
    const without = ['action_events', 'readers', 'idempotency_keys', 'gateway_calls', 'webhook_secrets'].concat([
      'push_keys',
      'push_subscriptions',
    ]);
    expect(
      rows
        .map(({ name }) => name)
        .filter((name) => !kinds.has(name))
        .toSorted(),
    ).toEqual(without.toSorted());
  });
});

describe('/v1/erasures', () => {
  const { api, here } = useTenant();
  const system = { kind: 'system', id: 'test', name: 'Worker' } as const;
  const erasing = () => ({ ...api.world, actor: system });
  const eraseAll = async (): Promise<void> => {
    while ((await continueErasure(erasing())) > 0);
  };
  const read = async (id: string) => (await here.owner.get(`/v1/erasures/${id}`)).body.erasure;
  const contact = async (email: string) => (await here.owner.post('/v1/contacts', { email })).body.contact.contact_id;
  const note = (contact_id: string) =>
    here.pending({ type: 'create_note', params: { contact_id, content: 'She is ill.' } });

  it('cancels, redacts and deletes what names the person, and nothing else', async () => {
    const email = 'ada.l@example.com';
    const [ada, bob] = [await contact(email), await contact('bob@example.com')];
    const byContact = await note(ada);
    const byAddress = await here.pending({ params: { say: `Dear all,\n${email.toUpperCase()}, and bob@example.com` } });
    await here.owner.post(`/v1/actions/${byAddress.action_id}/reject`);
    const inLog = await here.pending();
    await here.owner.post(`/v1/actions/${inLog.action_id}/reject`, { comment: `Ask <${email}>.` });
    const others = [
      await note(bob),
      await here.pending({
        params: { say: 'x.ada.l@example.com ada.l@example.com.au adaXl@example.com ada.l@example.community' },
      }),
    ];
    await here.owner.post(`/v1/contacts/${bob}/notes`, { content: `Knows ${email}.` });
    const { erasure_id } = (await here.owner.post('/v1/erasures', { email: email.toUpperCase() })).body.erasure;
    expect((await here.owner.post('/v1/erasures', { contact_id: ada })).body.erasure.erasure_id).toBe(erasure_id);
    await eraseAll();
    expect(await read(erasure_id)).toMatchObject({
      status: 'completed',
      cancelled: 1,
      redacted: 3,
      records: 2,
      waiting: 0,
    });
    const now = async ({ action_id }: { action_id: string }) =>
      (await here.owner.get(`/v1/actions/${action_id}`)).body.action;
    for (const before of [byContact, byAddress, inLog]) {
      const after = await now(before);
      expect(after).toMatchObject({
        params: {},
        params_hash: before.params_hash,
        redacted_at: expect.any(String) as string,
      });
    }
    expect(await now(byContact)).toMatchObject({
      status: 'cancelled',
      logs: [{}, { actor: system, data: { reason: 'erasure' } }],
    });
    for (const { action_id } of others)
      expect(await now({ action_id })).toMatchObject({ status: 'pending_approval', redacted_at: null });
    expect((await here.owner.get(`/v1/contacts/${ada}`)).status).toBe(404);
    const { rows } = await api.world.db.pool.query(
      `select from actions a where a::text ~* 'ada\\.l@example\\.com[ ,"]' and redaction is not null
       union all select from action_events where data::text ~* 'ask <'
       union all select from notes where content like '%ada.l@%' union all select from erasures where email is not null`,
    );
    expect(rows).toEqual([]);
  });

  it('waits for what is held or unsettled, and is refused under a hold', async () => {
    const eve = await contact('eve@example.com');
    const [running, held] = [await note(eve), await here.pending({ params: { say: 'eve@example.com' } })];
    const hold = (await here.owner.post('/v1/legal-holds', { reason: 'x', action_id: running.action_id })).body
      .legal_hold;
    await here.refuses('CONFLICT', () => here.owner.post('/v1/erasures', { contact_id: eve }));
    await here.owner.delete(`/v1/legal-holds/${hold.hold_id}`);
    await here.owner.post(`/v1/actions/${running.action_id}/approve`, { action: 'approve' });
    const claimed = await claim(api.world.worker(), uuidOf(running.action_id));
    expect(claimed).toBeTruthy();
    const { erasure_id } = (await here.owner.post('/v1/erasures', { contact_id: eve })).body.erasure;
    const second = (await here.owner.post('/v1/legal-holds', { reason: 'x', action_id: held.action_id })).body
      .legal_hold;
    await eraseAll();
    expect(await read(erasure_id)).toMatchObject({ status: 'running', redacted: 0, waiting: 2 });
    await here.owner.delete(`/v1/legal-holds/${second.hold_id}`);
    await api.world.db.pool.query(
      "update actions set status = 'failed', completed_at = now(), lease_until = null, lease_owner = null where id = $1",
      [uuidOf(running.action_id)],
    );
    await api.world.db.pool.query('update erasures set next_at = now()');
    await eraseAll();
    expect(await read(erasure_id)).toMatchObject({ status: 'completed', cancelled: 1, redacted: 2, waiting: 0 });
  });

  it('continues after a killed worker, and two workers share it', async () => {
    const { action_id } = await here.pending({ params: { say: 'kim@example.com' } });
    await here.owner.post(`/v1/actions/${action_id}/reject`);
    await api.world.db.pool.query(
      `insert into actions select copy.* from actions a, generate_series(1, 450) n, jsonb_populate_record(a,
         jsonb_build_object('n', n, 'id', gen_random_uuid())) copy where a.id = $1`,
      [uuidOf(action_id)],
    );
    const { erasure_id } = (await here.owner.post('/v1/erasures', { email: 'kim@example.com' })).body.erasure;
    await continueErasure(erasing());
    const [first] = [(await read(erasure_id)).redacted];
    expect(first).toBeGreaterThan(0);
    const killed = api.world.db.transaction(async (tx) => {
      await continueErasure({ ...erasing(), db: { ...api.world.db, transaction: (work) => work(tx) } });
      throw new Error('killed');
    });
    await expect(killed).rejects.toThrow('killed');
    expect((await read(erasure_id)).redacted).toBe(first);
    await Promise.all([eraseAll(), eraseAll()]);
    await eraseAll();
    expect(await read(erasure_id)).toMatchObject({ status: 'completed', redacted: 451 });
  });

  it('names one person', async () => {
    await here.refuses('INVALID', () => here.owner.post('/v1/erasures', {}));
    await here.refuses('NOT_FOUND', () => here.owner.post('/v1/erasures', { contact_id: newId() }));
    const there = await api.tenant();
    const { erasure_id } = (await here.owner.post('/v1/erasures', { email: 'x@example.com' })).body.erasure;
    expect((await there.owner.get(`/v1/erasures/${erasure_id}`)).status).toBe(404);
  });
});
