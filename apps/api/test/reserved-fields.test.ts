import { newId } from '@proviso/core';
import { pathsOf, useApi, type Reply, type Tenant } from './test-api.ts';

const TOOL = { name: 'shop.refund', url: 'https://tools.example.com/refund' };
/** A schema that describes one of the fields lets it say no more than the others. */
const SCHEMA = {
  type: 'object',
  properties: { order: { type: 'string' }, session_id: {}, missionId: {} },
  additionalProperties: false,
};

describe('workspace, mission and session in the params of a workspace’s tool', () => {
  const api = useApi();
  const missionId = newId();
  const placed = { type: TOOL.name, mission_id: missionId, session_id: 's' };

  async function shop(): Promise<Tenant> {
    const here = await api.tenant();
    expect((await here.owner.post('/v1/tools', { ...TOOL, input_schema: SCHEMA })).status).toBe(201);
    return here;
  }
  const own = (here: Tenant) => ({
    workspace_id: here.id,
    workspaceId: here.id.toUpperCase(),
    mission_id: missionId,
    missionId,
    session_id: 's',
    sessionId: 's',
  });
  const refused = async (here: Tenant, ask: () => Promise<Reply>): Promise<string[]> =>
    pathsOf(await here.refuses('INVALID', ask));

  const elsewhere: [string, unknown][] = [
    ['workspace_id', newId()],
    ['workspaceId', 7],
    ['workspaceId', null],
    ['mission_id', newId()],
    ['missionId', { $ne: 1 }],
    ['mission_id', [missionId]],
    ['missionId', ''],
    ['session_id', 'other'],
    ['sessionId', 'S'],
    ['session_id', ['s']],
    ['sessionId', null],
  ];

  it('may repeat the action’s own', async () => {
    const here = await shop();
    const params = { order: 'A1', ...own(here) };
    const { action_id } = await here.pending({ ...placed, params });
    expect((await api.recorded(action_id)).row.params).toEqual(params);
    const edits = { order: 'A2', session_id: 's' };
    const { status } = await here.owner.post(`/v1/actions/${action_id}/approve`, { action: 'edit', edits });
    expect(status).toBe(200);
  });

  it.each(elsewhere)('cannot differ at a proposal: %s %j', async (field, value) => {
    const here = await shop();
    const bot = await here.client({ agent: 'bot' });
    const body = { identity_id: here.identityId, ...placed, params: { order: 'A1', [field]: value } };
    for (const by of [here.owner, bot])
      expect(await refused(here, () => by.post('/v1/actions', body))).toEqual([`params.${field}`]);
    const { results } = (await bot.post('/v1/actions/bulk', { actions: [body] })).body;
    expect(results).toMatchObject([
      { code: 'INVALID', error: `params.${field}: does not match the call: leave it out` },
    ]);
  });

  it.each(elsewhere)('cannot differ in a change or an edit: %s %j', async (field, value) => {
    const here = await shop();
    const bot = await here.client({ agent: 'bot' });
    const { action_id } = await here.pending({ ...placed, params: { order: 'A1' } }, bot);
    const at = `/v1/actions/${action_id}`;
    const params = { order: 'A1', [field]: value };
    for (const by of [here.owner, bot])
      expect(await refused(here, () => by.patch(at, { params }))).toEqual([`params.${field}`]);
    const decision = { action: 'edit', edits: { [field]: value } };
    expect(await refused(here, () => here.owner.post(`${at}/approve`, decision))).toEqual([`params.${field}`]);
    const bulk = await here.owner.post('/v1/actions/approve/bulk', { ...decision, action_ids: [action_id] });
    expect(bulk.body.results).toMatchObject([{ ok: false, code: 'INVALID' }]);
    expect((await api.recorded(action_id)).row).toMatchObject({
      status: 'pending_approval',
      params: { order: 'A1' },
    });
  });

  it.each(['mission_id', 'missionId', 'session_id', 'sessionId'])(
    'may only be null if the action has no %s',
    async (field) => {
      const here = await shop();
      const body = (value: unknown) => ({
        type: TOOL.name,
        identity_id: here.identityId,
        params: { order: 'A1', [field]: value },
      });
      for (const value of ['', 'null', missionId, false, 0])
        expect(await refused(here, () => here.owner.post('/v1/actions', body(value)))).toEqual([`params.${field}`]);
      expect((await here.owner.post('/v1/actions', body(null))).status).toBe(200);
    },
  );
});
