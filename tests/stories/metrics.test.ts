import { freePort } from '@proviso/local-server/ports';
import { until } from '@proviso/testing';
import { useFleet } from '@proviso/testing/fleet';

describe('the metrics of real processes', () => {
  const fleet = useFleet();
  const textAt = async (url: string): Promise<string> => (await fetch(`${url}/metrics`)).text();

  it('are served on a separate port, by route patterns, and never at the address of users', async () => {
    const port = await freePort();
    const apiMetrics = `http://127.0.0.1:${port}`;
    const api = await fleet.startApi({ env: { PROVISO_METRICS_PORT: String(port) } });
    const worker = await fleet.startWorker();
    const owner = await fleet.client(api);
    const contact_id = await fleet.contact();
    const note = { type: 'create_note', params: { contact_id, content: 'hello' } };
    const proposal = { ...note, identity_id: fleet.workspace.identityId };
    const { action_id } = (await owner<{ action_id: string }>('POST', '/v1/actions', proposal)).body;
    await owner('GET', `/v1/actions/${action_id}`);
    await until('the run', async () => (await textAt(worker.url)).includes('type="create_note",outcome="completed"'));
    const text = await textAt(apiMetrics);
    expect(text).toContain(
      'proviso_http_request_seconds_count{method="GET",route="/v1/actions/{action_id}",status="200"} 1',
    );
    expect(text).toContain('proviso_http_request_seconds_count{method="POST",route="/v1/actions",status="200"} 1');
    for (const secret of [action_id, fleet.workspace.id, contact_id]) expect(text).not.toContain(secret);
    const swept = /^proviso_sweeps_total\{sweep="lost",result="ok"\} [1-9]/m;
    await until('the first sweep', async () => swept.test(await textAt(worker.url)));

    const token = await fleet.workspace.token({});
    const asOwner = await fetch(`${api.url}/metrics`, { headers: { authorization: `Bearer ${token}` } });
    expect(await asOwner.text()).not.toContain('proviso_');
    for (const other of ['/', '/v1/actions', '/readyz'])
      expect((await fetch(`${apiMetrics}${other}`)).status).toBe(404);
  });
});
