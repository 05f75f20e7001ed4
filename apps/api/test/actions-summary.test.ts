import { pending, recorded, useApi, uuidOf } from './test-api.ts';

describe('the summary of an action', () => {
  const api = useApi();

  it('is the title of a preview whose executor gives none', async () => {
    const here = await api.tenant();
    const { preview } = await pending(here.owner, here);
    expect(preview?.summary).toBe(preview?.title);
    expect(preview?.summary).not.toBe('');
  });

  it('follows an edit', async () => {
    const here = await api.tenant();
    const params = { title: 'Send the quote' };
    const { action_id, preview } = await pending(here.owner, here, { type: 'create_task', params });
    expect(preview?.summary).toBe('Task: Send the quote');
    const edits = { title: 'Send the contract' };
    const { body } = await here.owner.post(`/v1/actions/${action_id}/approve`, { action: 'edit', edits });
    expect(body.action.preview?.summary).toBe('Task: Send the contract');
  });

  it('does not send a preview from before there were summaries back to its reviewer', async () => {
    const here = await api.tenant();
    const { action_id } = await pending(here.owner, here);
    await api.world.db.pool.query(`update actions set preview = preview - 'summary' where id = $1::uuid`, [
      uuidOf(action_id),
    ]);
    expect((await here.owner.post(`/v1/actions/${action_id}/approve`, { action: 'approve' })).status).toBe(200);
    expect((await recorded(api.world, action_id)).row.status).toBe('approved');
  });
});
