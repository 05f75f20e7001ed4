// npm run bench:gateway: what one api process needs for many agents whose calls wait for a person, and their reads.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { openWorld, startApi, until, type World } from '@proviso/testing';
import { openGateway } from '../../tests/conformance/open-gateway.ts';
import { startReferenceServer } from '../../tests/conformance/reference-server.ts';

const AGENTS_PER_WORKSPACE = 50;
/** Proposals at a time while the streams are opened. */
const OPENING = 16;
const RAMP_MS_MAX = 180_000;
const SAMPLE_MS = 500;
/** An agent's pause after 503. */
const BUSY_MS = 1_000;
/** Of Linux: how often per second the kernel counts CPU time. */
const TICKS_PER_S = 100;

interface Agent {
  address: string;
  token: string;
}

interface Load {
  streams: number;
  opened: number;
  durations: number[];
  refused: number;
  /** Streams that got 503 and came again. */
  busy: number;
}

export async function benchGateway(args: string[]): Promise<void> {
  const options = { agents: { type: 'string' }, rate: { type: 'string' }, seconds: { type: 'string' } } as const;
  const { values } = parseArgs({ args, options });
  const [agents, rate, seconds] = [values.agents ?? 1_000, values.rate ?? 100, values.seconds ?? 30].map(Number) as [
    number,
    number,
    number,
  ];
  const world = await openWorld();
  const server = await startReferenceServer();
  const api = await startApi({ databaseUrl: world.databaseUrl, env: { NODE_ENV: 'production' } });
  const stop = new AbortController();
  try {
    const all = await openAgents(world, api.url, { agents, server: server.url });
    const load: Load = { streams: 0, opened: 0, durations: [], refused: 0, busy: 0 };
    const next = all.values();
    const opening = Array.from({ length: OPENING }, async () => {
      for (const agent of next) await openStream(agent, load, stop.signal);
    });
    await Promise.all(opening);
    await until('all streams to be open', () => load.streams >= agents * 0.99, RAMP_MS_MAX);
    const [cpuBefore, openedBefore, startedAt] = [cpuSecondsOf(api.pid), load.opened, performance.now()];
    const sampling = new AbortController();
    const rss = sampleMemory(api.pid, sampling.signal);
    await readAtRate(all, { rate, seconds, load });
    const elapsed = (performance.now() - startedAt) / 1_000;
    const cpu = cpuSecondsOf(api.pid) - cpuBefore;
    sampling.abort();
    const sorted = load.durations.toSorted((one, other) => one - other);
    const at = (share: number): string => `${(sorted[Math.floor(sorted.length * share)] ?? NaN).toFixed(0)} ms`;
    const figures = {
      'agents with an open stream': String(load.streams),
      'streams reopened per second': ((load.opened - openedBefore) / elapsed).toFixed(0),
      'streams that got 503 and came again': String(load.busy),
      'reads per second': (sorted.length / elapsed).toFixed(0),
      'reads refused or failed': String(load.refused),
      'read p50': at(0.5),
      'read p99': at(0.99),
      'api CPU': `${((cpu / elapsed) * 100).toFixed(0)} % of a core`,
      'api memory': `${(Math.max(...(await rss)) / 1_024).toFixed(0)} MiB`,
    };
    for (const [name, value] of Object.entries(figures)) process.stdout.write(`${name.padEnd(40)}${value}\n`);
  } finally {
    stop.abort();
    await api.kill();
    await server.close();
    await world.close();
  }
}

async function openAgents(world: World, url: string, given: { agents: number; server: string }): Promise<Agent[]> {
  const all: Agent[] = [];
  for (let from = 0; from < given.agents; from += AGENTS_PER_WORKSPACE) {
    const workspace = await world.workspace();
    const names = Array.from({ length: Math.min(AGENTS_PER_WORKSPACE, given.agents - from) }, (_, at) => `agent ${at}`);
    const id = await openGateway({ url }, workspace, {
      server: { config: { url: given.server } },
      agents: names,
      reads: (tool) => tool === 'test_simple_text',
    });
    for (const agent of names) all.push({ address: `${url}/mcp/${id}`, token: await workspace.token({ agent }) });
  }
  return all;
}

const send = (agent: Agent, name: string, signal: AbortSignal): Promise<Response> =>
  fetch(agent.address, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${agent.token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2025-11-25',
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name, arguments: {}, _meta: { progressToken: 1 } },
    }),
    signal,
  });

/** Resolves at the stream's first message. When a stream ends, the agent calls again, which is the same action. */
async function openStream(agent: Agent, load: Load, signal: AbortSignal): Promise<void> {
  let reply = await send(agent, 'test_image_content', signal);
  while (reply.status === 503) {
    load.busy += 1;
    await sleep(BUSY_MS, undefined, { signal });
    reply = await send(agent, 'test_image_content', signal);
  }
  const reader = reply.body?.getReader();
  const first = await reader?.read();
  if (!reply.ok || !reader || first?.done) throw new Error(`a stream was refused: HTTP ${reply.status}`);
  load.streams += 1;
  load.opened += 1;
  const readOn = async (): Promise<void> => {
    while (!(await reader.read()).done);
    load.streams -= 1;
    await openStream(agent, load, signal);
  };
  readOn().catch((error: unknown) => {
    if (!signal.aborted) process.stderr.write(`${String(error)}\n`);
  });
}

async function readAtRate(
  agents: readonly Agent[],
  { rate, seconds, load }: { rate: number; seconds: number; load: Load },
): Promise<void> {
  const startedAt = performance.now();
  const reads: Promise<void>[] = [];
  for (let sent = 0; sent < rate * seconds; sent += 1) {
    await sleep(Math.max(0, startedAt + (sent * 1_000) / rate - performance.now()));
    reads.push(readOnce(agents[(sent * 7) % agents.length]!, load));
  }
  await Promise.all(reads);
}

async function readOnce(agent: Agent, load: Load): Promise<void> {
  const startedAt = performance.now();
  try {
    const text = await (await send(agent, 'test_simple_text', AbortSignal.timeout(60_000))).text();
    if (!text.includes('simple text response')) throw new Error(text.slice(0, 300));
    load.durations.push(performance.now() - startedAt);
  } catch (error) {
    load.refused += 1;
    process.stderr.write(`${String(error)}\n`);
  }
}

function cpuSecondsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S;
}

async function sampleMemory(pid: number, signal: AbortSignal): Promise<number[]> {
  const samples: number[] = [];
  while (!signal.aborted) {
    samples.push(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]));
    await sleep(SAMPLE_MS, undefined, { signal }).catch(() => undefined);
  }
  return samples;
}
