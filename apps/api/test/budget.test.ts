// No request of a tenant holds the event loop for more than 50 ms, or takes more than 64 MB at its peak: every route of a
// real process, with the worst inputs that we know (worst-inputs.ts), by tokens that may do nothing and by tokens that may
// do all. Machines are noisy: what is over the budget is tried again, and counts only if it is so three times.
import { request } from 'node:http';
import { startProbedApi, type Held, type Probed } from '@proviso/testing';
import { routes } from '../src/app.ts';
import type { Route } from '../src/route.ts';
import { addressOf, seedWorkspace, type SeededWorkspace } from './seeded-workspace.ts';
import { useApi } from './test-api.ts';
import { worstProposals } from './worst-proposals.ts';
import { worstInputsFor, type WorstInput } from './worst-inputs.ts';

const HELD_MS_MAX = 50;
const PEAK_BYTES_MAX = 64 * 1024 * 1024;
const ATTEMPTS = 3;

interface Row extends Held {
  of: string;
  status: number;
}

const within = ({ heldMs, peakBytes }: Held): boolean => heldMs <= HELD_MS_MAX && peakBytes <= PEAK_BYTES_MAX;
const shown = ({ of, status, heldMs, peakBytes }: Row): string =>
  `${heldMs.toFixed(0).padStart(5)} ms ${(peakBytes / 1024 / 1024).toFixed(0).padStart(4)} MB  ${status}  ${of}`;

describe('a request', () => {
  const api = useApi();
  const rows: Row[] = [];
  let probed: Probed;
  let here: SeededWorkspace;
  let tokens: Record<string, string>;
  let proposals: Record<string, WorstInput[]>;
  beforeAll(async () => {
    probed = await startProbedApi({ databaseUrl: api.world.databaseUrl });
    here = await seedWorkspace(api);
    proposals = await worstProposals(api.world, here);
    tokens = { 'no scopes': await here.token({ scopes: [] }), 'all scopes': await here.token({}) };
  });
  afterAll(async () => {
    await probed.kill();
    const worst = (by: keyof Held): string[] =>
      rows
        .toSorted((a, b) => b[by] - a[by])
        .slice(0, 10)
        .map(shown);
    process.stdout.write(`\n${['The ten worst:', ...worst('heldMs'), '', ...worst('peakBytes')].join('\n')}\n`);
  });

  /** The status; a stream is left after its first bytes. */
  const send = (
    method: string,
    path: string,
    token: string,
    { body, headers }: Omit<WorstInput, 'name'>,
  ): Promise<number> =>
    new Promise((resolve, reject) => {
      const sent = request(`${probed.url}${path}`, {
        method,
        headers: {
          Authorization: `Bearer ${token}`,
          ...(body && { 'Content-Type': 'application/json', 'Content-Length': body.length }),
          ...headers,
        },
      });
      sent.on('error', reject);
      sent.on('response', (reply) => {
        const settle = (): void => resolve(reply.statusCode ?? 0);
        reply.on('end', settle).on('error', settle).resume();
        if (reply.headers['content-type']?.startsWith('text/event-stream'))
          reply.once('data', () => {
            settle();
            sent.destroy();
          });
      });
      sent.end(body);
    });

  /** What a route would take is worst for those who may send it. */
  const inputsFor = (route: Route, who: string): WorstInput[] => [
    ...worstInputsFor(route, who),
    ...(who === 'all scopes' ? (proposals[route.operationId] ?? []) : []),
  ];

  /** The least of several attempts of what is over the budget. */
  async function least(of: string, attempt: () => Promise<number>): Promise<Row> {
    let row: Row = { of, status: 0, heldMs: Infinity, peakBytes: Infinity };
    for (let attempts = 0; attempts < ATTEMPTS && !within(row); attempts += 1) {
      let status = 0;
      const { heldMs, peakBytes } = await probed.measure(async () => (status = await attempt()), attempts > 0);
      row = { of, status, heldMs: Math.min(row.heldMs, heldMs), peakBytes: Math.min(row.peakBytes, peakBytes) };
    }
    rows.push(row);
    return row;
  }

  it.each(routes.map((route) => [`${route.method} ${route.path} (${route.operationId})`, route] as const))(
    'does not delay other requests, whatever is sent to %s',
    async (_, route: Route) => {
      const beyond: Row[] = [];
      const path = addressOf(route, here);
      for (const [who, token] of Object.entries(tokens))
        for (const { name, query, ...input } of inputsFor(route, who)) {
          const address = query === undefined ? path : `${path}?${query}`;
          const row = await least(`${route.operationId}: ${name}, ${who}`, () =>
            send(route.method, address, token, input),
          );
          if (!within(row)) beyond.push(row);
        }
      expect(beyond.map(shown)).toEqual([]);
    },
    120_000,
  );
});
