import { createServer } from 'node:http';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { AddressInfo } from 'node:net';
import type { Action } from '@proviso/contracts';
import { until } from '@proviso/testing';
import { useFleet } from '@proviso/testing/fleet';

interface Span {
  name: string;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  links?: { traceId: string; spanId: string }[];
  attributes: { key: string; value: { stringValue?: string; intValue?: number } }[];
}

/** An OTLP collector, as far as a process notices. */
async function startCollector() {
  const spans: Span[] = [];
  let received = '';
  const server = createServer((req, res) => {
    void text(req).then((body) => {
      received += body;
      const { resourceSpans } = JSON.parse(body) as { resourceSpans: { scopeSpans: { spans: Span[] }[] }[] };
      spans.push(...resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)));
      res.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, spans, received: () => received, close: () => server.close() };
}

describe('traces', () => {
  const fleet = useFleet();

  it('lead from the request of an agent to the effect, and link a later decision and the run to the proposal', async () => {
    const collector = await startCollector();
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_BSP_SCHEDULE_DELAY: '100' };
    const api = await fleet.startApi({ env });
    await fleet.startWorker({ env });
    const owner = await fleet.client(api);
    const contact_id = await fleet.contact();
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const proposal = {
      type: 'create_note',
      identity_id: fleet.workspace.identityId,
      params: { contact_id, content: 'what nobody may read in a trace' },
      require_approval: true,
    };
    const headers = { traceparent: `00-${traceId}-b7ad6b7169203331-01` };
    const { action } = (await owner<{ action: Action }>('POST', '/v1/actions', proposal, headers)).body;
    const path = `/v1/actions/${action.action_id}`;
    await owner('POST', `${path}/approve`, { action: 'approve' });
    const find = (name: string) => collector.spans.find((span) => span.name === name);
    await until('the spans', () => !!find('process create_note') && !!find('POST /v1/actions/{action_id}/approve'));

    const proposed = find('POST /v1/actions');
    expect(proposed).toMatchObject({ traceId, parentSpanId: 'b7ad6b7169203331' });
    const link = { traceId, spanId: proposed?.spanId };
    const decided = find('POST /v1/actions/{action_id}/approve');
    expect(decided?.traceId).not.toBe(traceId);
    expect(decided?.links).toMatchObject([link]);
    const run = find('process create_note');
    expect(run?.links).toMatchObject([link]);
    expect(run?.attributes).toEqual(
      expect.arrayContaining([
        { key: 'proviso.action.id', value: { stringValue: action.action_id } },
        { key: 'proviso.action.status', value: { stringValue: 'completed' } },
      ]),
    );
    expect(find('execute create_note')).toMatchObject({ traceId: run?.traceId, parentSpanId: run?.spanId });
    expect(collector.received()).not.toContain('nobody may read');
    collector.close();
  });

  it('do not keep a shutdown waiting for a collector that is away', async () => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' };
    const api = await fleet.startApi({ env });
    await (
      await fleet.client(api)
    )('GET', '/v1/actions');
    const stoppedAt = performance.now();
    expect(await api.stop()).toBe(0);
    expect(performance.now() - stoppedAt).toBeLessThan(20_000);
  });
});
