import { uuidOf, useTenant } from './test-api.ts';

describe('the summary of an action', () => {
  const { api, here } = useTenant();

  it('is the title of a preview whose executor gives none', async () => {
    const { preview } = await here.pending();
    expect(preview?.summary).toBe(preview?.title);
    expect(preview?.summary).not.toBe('');
  });

  it('follows an edit', async () => {
    const params = { title: 'Send the quote' };
    const { action_id, preview } = await here.pending({ type: 'create_task', params });
    expect(preview?.summary).toBe('Task: Send the quote');
    const edits = { title: 'Send the contract' };
    const { body } = await here.owner.post(`/v1/actions/${action_id}/approve`, { action: 'edit', edits });
    expect(body.action.preview?.summary).toBe('Task: Send the contract');
  });

  it('does not send a preview from before there were summaries back to its reviewer', async () => {
    const { action_id } = await here.pending();
    await api.world.db.pool.query(`update actions set preview = preview - 'summary' where id = $1::uuid`, [
      uuidOf(action_id),
    ]);
    expect((await here.owner.post(`/v1/actions/${action_id}/approve`, { action: 'approve' })).status).toBe(200);
    expect((await api.recorded(action_id)).row.status).toBe('approved');
  });
});
