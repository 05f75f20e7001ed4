import { newId } from '@proviso/core';
import { createClient, type Client } from '@proviso/sdk';
import { until, type Api } from '@proviso/testing';
import { useFleet } from '@proviso/testing/fleet';

describe('the client, with a real api and worker', () => {
  const fleet = useFleet();
  let contactId: string;
  let api: Api;
  beforeEach(async () => {
    contactId = await fleet.contact();
    api = await fleet.sharedApi();
  });

  /** Another api process, at another port; the clients are redirected to it. */
  async function restart(): Promise<void> {
    api = await fleet.startApi();
  }

  const connect = async (): Promise<Client> =>
    createClient({
      baseUrl: 'http://proviso.test',
      token: await fleet.workspace.token({}),
      workspaceId: fleet.workspace.id,
      fetch: (url, init) => fetch(url.replace('http://proviso.test', api.url), init),
    });

  const note = (more: object = {}) => ({
    type: 'create_note',
    identity_id: fleet.workspace.identityId,
    params: { contact_id: contactId, content: 'Hello' },
    ...more,
  });

  it('proposes, reads, changes, decides, and waits for the end', async () => {
    await fleet.startWorker();
    const { actions, wait } = await connect();
    const proposed = await actions.create(note({ require_approval: true, metadata: { ticket: '7' } }));
    expect(proposed).toMatchObject({ status: 'pending_approval', metadata: { ticket: '7' } });
    const id = proposed.action_id;
    await expect(actions.update(id, { description: 'x' }, { ifVersion: 99 })).rejects.toMatchObject({
      code: 'PRECONDITION_FAILED',
    });
    await actions.update(id, { description: 'Greets.' }, { ifVersion: proposed.version });
    const waiting = wait(id);
    await actions.edit(id, { content: 'Good morning' }, { comment: 'Politer.' });
    expect(await waiting).toMatchObject({ status: 'completed', params: { content: 'Good morning' } });
    await expect(actions.cancel(id)).rejects.toMatchObject({ code: 'INVALID_STATE', action: { status: 'completed' } });
    const { logs } = await actions.get(id);
    expect(logs.map(({ event }) => event)).toContain('action.approved');
  }, 60_000);

  it('handles many actions at once, and iterates over all of them', async () => {
    const { actions } = await connect();
    const bodies = Array.from({ length: 5 }, () => note({ require_approval: true }));
    const { created, results } = await actions.bulkCreate(bodies);
    expect(created).toBe(5);
    const [first = '', second = '', ...rest] = results.map((result) => ('action_id' in result ? result.action_id : ''));
    expect(await actions.bulkDecide({ action: 'approve', action_ids: rest })).toMatchObject({
      processed: 3,
      failed: [],
    });
    await actions.reject(first, { comment: 'No.' });
    await actions.cancel(second);
    const left: string[] = [];
    for await (const { status } of actions.each({ status: ['approved', 'rejected', 'cancelled'], limit: 2 }))
      left.push(status);
    expect(left.toSorted()).toEqual(['approved', 'approved', 'approved', 'cancelled', 'rejected']);
    expect((await actions.list({ status: 'pending_approval' })).pagination.total_items).toBe(0);
  }, 60_000);

  it('speaks the second dialect: proposes, lists, decides a batch, and receives the events', async () => {
    const { pendingActions } = await connect();
    const missionId = newId();
    const propose = (content: string) =>
      pendingActions.create({ toolName: 'create_note', toolInput: { contact_id: contactId, content }, missionId });
    const [first, second, third] = await Promise.all([propose('One'), propose('Two'), propose('Three')]);
    expect(await pendingActions.get(first.id)).toMatchObject({ status: 'pending', toolInput: { content: 'One' } });
    await pendingActions.reject(third.id);
    const items = [
      { pendingActionId: first.id, userEdits: { content: 'Uno' } },
      { pendingActionId: second.id, exclude: true },
    ];
    expect(await pendingActions.batchApprove(first.batchId ?? '', items)).toMatchObject({ approved: 1, rejected: 1 });
    expect((await pendingActions.list({ missionId, status: 'rejected' })).total).toBe(2);
    await expect(pendingActions.approve(first.id)).rejects.toMatchObject({ code: 'INVALID_STATE', status: 409 });

    const fourth = await propose('Four');
    const heard: string[] = [];
    for await (const item of pendingActions.events()) {
      if (item.name === 'briefing') {
        heard.push(`${item.briefing.total} pending`);
        await pendingActions.approve(fourth.id, { comment: 'Yes.' });
      } else if (item.name !== 'resync') {
        heard.push(`${item.name}: ${item.action.status}`);
        break;
      }
    }
    expect(heard).toEqual(['1 pending', 'action.approved: approved']);
  }, 60_000);

  it('receives every move once and in order, although the api is killed repeatedly', async () => {
    await restart();
    const { actions, events } = await connect();
    const stop = new AbortController();
    const heard: string[] = [];
    const listening = (async () => {
      for await (const item of events({ signal: stop.signal }))
        if (item.name === 'action.created') heard.push(item.action.action_id);
        else if (item.name === 'briefing') heard.push('briefing');
    })();
    await until('the briefing', () => heard.length > 0);
    const made: string[] = [];
    for (let round = 0; round < 2; round += 1) {
      for (let index = 0; index < 10; index += 1) {
        made.push((await actions.create(note(), { timeoutMs: 30_000 })).action_id);
        if (index === 5) void api.kill().then(restart);
      }
    }
    await until('every event', () => heard.filter((id) => id !== 'briefing').length >= made.length, 20_000);
    stop.abort();
    await listening;
    expect(heard.filter((id) => id !== 'briefing')).toEqual(made);
    expect(heard.filter((id) => id === 'briefing').length).toBeGreaterThan(1);
    expect(await fleet.countActions()).toBe(made.length);
  }, 90_000);
});
