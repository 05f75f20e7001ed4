import type { PendingActionEvent, PendingBriefing } from '@proviso/contracts';
import { newId } from '@proviso/core';
import { listen, until, type Listener } from '@proviso/testing';
import { uuidOf, useTenant } from './test-api.ts';
import { asking, at } from './pending-client.ts';

type Events = Listener<PendingActionEvent & PendingBriefing>;

describe('GET /api/pending-actions/stream', () => {
  const { api, here } = useTenant();
  const open: Events[] = [];
  afterEach(() => {
    for (const events of open.splice(0)) events.close();
  });

  async function hear(token: string, workspaceId: string, lastEventId?: string): Promise<Events> {
    const events: Events = await listen(`${api.url}${at}/stream?workspace_id=${workspaceId}`, { token, lastEventId });
    open.push(events);
    if (events.status === 200) await until('the briefing', () => events.heard.length > 0);
    return events;
  }
  const names = ({ heard }: Events): string[] => heard.map(({ event }) => event);

  it('begins with a briefing in camelCase', async () => {
    const mission_id = newId();
    const { created_at } = await here.pending({ mission_id });
    await here.pending();
    const { heard } = await hear(await here.token({}), here.id);
    expect(heard).toEqual([
      {
        id: expect.any(String),
        event: 'briefing',
        data: {
          total: 2,
          byTool: { probe_idempotent: 2 },
          byMission: { [mission_id]: 1 },
          oldestCreatedAt: created_at,
        },
      },
    ]);
  });

  it('streams only actions that wait or have waited, as this dialect shows them', async () => {
    const events = await hear(await here.token({}), here.id);
    await here.propose();
    const id = uuidOf((await here.pending()).action_id);
    await asking(here.owner).post(`/${id}/approve`, { userEdits: { say: 'bye' } });
    await until('two events', () => events.heard.length >= 3);
    expect(names(events)).toEqual(['briefing', 'action.created', 'action.approved']);
    expect(events.heard[2]?.data).toEqual({
      event: {
        at: expect.any(String),
        event: 'action.approved',
        actor: expect.objectContaining({ kind: 'member' }),
        data: expect.objectContaining({ decision: 'edit' }),
        actionId: id,
        version: 2,
        status: 'approved',
      },
      action: (await asking(here.owner).get(`/${id}`)).body,
    });
  });

  it('resumes after the last event, whatever it skipped in between', async () => {
    const token = await here.token({});
    const first = await hear(token, here.id);
    first.close();
    await here.pending();
    await here.propose();
    const second = await hear(token, here.id, first.heard[0]?.id);
    await here.pending();
    await until('two events', () => second.heard.length >= 3);
    expect(names(second)).toEqual(['briefing', 'action.created', 'action.created']);
    expect((await hear(token, here.id, 'x')).heard.length).toBeGreaterThan(0);
    await until('resync', () => names(open.at(-1) as Events).includes('resync'));
  });

  it('answers in this dialect’s errors: no workspace, and unknown fields', async () => {
    for (const query of ['', '?workspace_id=x', `?workspaceId=${here.id}&status=pending`])
      await here.refuses('validation', () => here.owner.get(`${at}/stream${query}`));
  });
});
