import type { Database } from '@proviso/core';
import { until } from '@proviso/testing';
import { clientOf, proposal, useApi, type Client, type Reply } from './test-api.ts';

const CONNECTIONS = 4;
/** What one workspace may hold of them. */
const PART = 3;
/** More than may wait. */
const FLOOD = 200;

describe('connections to the database', () => {
  const api = useApi();
  let db: Database;
  let url: string;
  beforeEach(async () => {
    db = api.database({ poolMax: CONNECTIONS });
    url = await api.another({ db });
  });

  /** While it runs, whoever writes a contact waits for a lock, and so holds a connection. */
  async function whileContactsAreLocked(work: () => Promise<void>): Promise<void> {
    const locking = await api.world.db.pool.connect();
    try {
      await locking.query(
        'begin; set local idle_in_transaction_session_timeout = 0; lock table contacts in share mode',
      );
      await work();
    } finally {
      await locking.query('rollback').catch(() => undefined);
      locking.release(true);
    }
  }
  const contact = (by: Client): Promise<Reply> =>
    by.post('/v1/contacts', { email: `${crypto.randomUUID()}@x.example` });
  const busy = (): number => db.pool.totalCount - db.pool.idleCount;

  it('are shared: while one workspace takes all it can get, another is served, and only the one is refused', async () => {
    const [greedy, other] = await Promise.all([api.tenant(), api.tenant()]);
    const [flooding, also, served] = [
      clientOf(url, await greedy.token({})),
      clientOf(url, await greedy.token({})),
      clientOf(url, await other.token({})),
    ];
    await contact(flooding); // known from here on
    const answers: Promise<Reply>[] = [];
    await whileContactsAreLocked(async () => {
      for (let count = 0; count < FLOOD; count += 1) answers.push(contact(count % 2 === 0 ? flooding : also));
      await until('all to wait that may', () => db.waitingOf(greedy.id) > 70);
      expect(busy()).toBe(PART);
      for (let count = 0; count < 5; count += 1) {
        const replies = await Promise.all([
          served.post('/v1/actions', proposal(other)),
          served.get('/v1/actions'),
          served.post('/v1/actions/bulk', { actions: [proposal(other), proposal(other)] }),
        ]);
        expect(replies.map(({ status }) => status)).toEqual([200, 200, 200]);
      }
      for (const { status, headers } of await Promise.all(Array.from({ length: 20 }, () => contact(flooding))))
        expect([status, headers['retry-after']]).toEqual([503, '1']);
    });
    const statuses = (await Promise.all(answers)).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([201, 503]));
    expect((await contact(also)).status).toBe(201);
  });

  it('are left to unauthenticated requests and to the process itself', async () => {
    const greedy = await api.tenant();
    const flooding = clientOf(url, await greedy.token({}));
    await contact(flooding);
    const answers: Promise<Reply>[] = [];
    await whileContactsAreLocked(async () => {
      for (let count = 0; count < 80; count += 1) answers.push(contact(flooding));
      await until('them to wait', () => db.waitingOf(greedy.id) > 5);
      const nobody = clientOf(url, 'pv_unknown');
      expect((await nobody.get('/v1/actions')).status).toBe(401);
      expect((await nobody.get('/readyz')).status).toBe(200);
    });
    await Promise.all(answers);
  });

  it('are left to others in transactions too, and through every client of the pool', async () => {
    const [greedy, other] = await Promise.all([api.tenant(), api.tenant()]);
    const flooding = clientOf(url, await greedy.token({}));
    const served = clientOf(url, await other.token({}));
    const made = await Promise.all(Array.from({ length: 12 }, () => contact(flooding)));
    const answers: Promise<Reply>[] = [];
    await whileContactsAreLocked(async () => {
      for (const { body } of made)
        answers.push(flooding.patch(`/v1/contacts/${body.contact.contact_id}`, { properties: { first_name: 'Ada' } }));
      await until('them to wait', () => busy() === PART && db.waitingOf(greedy.id) > 0);
      expect((await served.get('/v1/actions')).status).toBe(200);
    });
    expect(new Set((await Promise.all(answers)).map(({ status }) => status))).toEqual(new Set([200]));
  });
});
