import { readFileSync } from 'node:fs';
import { formatId } from '@proviso/core';
import { until, type Api } from '@proviso/testing';
import { useFleet } from '@proviso/testing/fleet';
import { runOpenLoop, runClosedLoop, atDoubleRate, createPoster, type Answer } from './load-generator.ts';
import { DEFAULT_TIMES } from './default-times.ts';

const REQUESTS_A_MINUTE = 600; // per token
const CALLERS = 8;
const MEASURED_S = 8;
const OVERLOAD_S = 60;
/** Twice, less what passes before a faster machine is noticed. */
const OFFERED_MIN = 1.5;
/** How many times its capacity the tokens allow. */
const TOKENS_TO_SPARE = 6;
/** None, unless others use the machine: 60 statements wait for the database, and each client waits 15 s. */
const UNANSWERED_MAX = 0.1;
const PROBE_MS = 5_000;
const DRAIN_MS = 90_000;
/** The height of the garbage collector's sawtooth; live memory returns to the same level after each collection. */
const GROWTH_MB_MAX = 150;

/** Only on the default backend: a create never waits for the queue, so the other one would show the same. */
describe('twice the load that the service can handle, for a minute,', () => {
  const fleet = useFleet({ env: { ...DEFAULT_TIMES, PROVISO_RATE_LIMIT: '' } });

  /** Enough for this many requests within one minute. */
  const tokensFor = (requests: number): Promise<string[]> =>
    Promise.all(Array.from({ length: Math.ceil(requests / REQUESTS_A_MINUTE) + 1 }, () => fleet.workspace.token({})));
  const note = async (): Promise<object> => {
    const params = { content: 'a note', contact_id: await fleet.contact() };
    return { type: 'create_note', identity_id: fleet.workspace.identityId, params };
  };

  it('is refused with Retry-After, takes no more memory, and does not stop accepted work', async () => {
    const [api] = await Promise.all([fleet.startApi(), fleet.startWorker()]);
    const target = { url: `${api.url}/v1/actions`, body: await note() };
    const few = createPoster({ ...target, tokens: await tokensFor(20_000) });
    await runClosedLoop(few, CALLERS, 1); // warm up
    const sustained = await runClosedLoop(few, CALLERS, MEASURED_S);
    const capacity = sustained.length / MEASURED_S;
    const many = createPoster({ ...target, tokens: await tokensFor(TOKENS_TO_SPARE * capacity * OVERLOAD_S) });
    const load = atDoubleRate(many, capacity);
    const watch = watching(api);
    const answers = await runOpenLoop(load.send, load.perSecond, OVERLOAD_S);
    const { probes, residentMb } = await watch.end();
    const [again] = await runClosedLoop(many, 1, 0.001);

    const of = (status: number): Answer[] => answers.filter((answer) => answer.status === status);
    const accepted = of(200);
    const third = Math.floor(residentMb.length / 3);
    const [atFirst, atLast] = [Math.max(...residentMb.slice(0, third)), Math.max(...residentMb.slice(-third))];
    process.stdout.write(
      `overload: ${each(capacity)} sustained, ${each(answers.length / OVERLOAD_S)} offered, ` +
        `${each(accepted.length / OVERLOAD_S)} accepted (p50 ${at(0.5, accepted)}, p99 ${at(0.99, accepted)}), ` +
        `${of(503).length} x 503 (p50 ${at(0.5, of(503))}), ${of(429).length} x 429, ${of(0).length} unanswered, ` +
        `resident ${atFirst} MB at first, ${atLast} MB at last, /livez ${Math.max(...probes)} ms at most\n`,
    );
    expect(sustained.filter(({ status }) => status !== 200)).toEqual([]);
    // else this machine could not send twice the load
    expect(answers.length).toBeGreaterThan(OFFERED_MIN * Math.max(capacity * OVERLOAD_S, accepted.length));
    const answered = answers.filter(({ status }) => status !== 0);
    expect(answered.filter(({ status }) => ![200, 429, 503].includes(status))).toEqual([]);
    expect(answered.filter(({ status, retryAfter }) => status !== 200 && !Number(retryAfter))).toEqual([]);
    expect(of(0).length).toBeLessThan(UNANSWERED_MAX * answers.length);
    expect(of(503).length).toBeGreaterThan(0);
    expect(accepted.length / OVERLOAD_S).toBeGreaterThan(capacity / 4); // it keeps working and does not only refuse
    expect(probes.filter((tookMs) => tookMs > PROBE_MS)).toEqual([]);
    expect(atLast).toBeLessThan(atFirst + GROWTH_MB_MAX);
    expect(api.output().length).toBeLessThan(100 * OVERLOAD_S); // one line per period, not one per refusal
    expect(again).toMatchObject({ status: 200 }); // it recovers at once

    const open = () => fleet.countActions({ status: { not: 'completed' } });
    await until('all to be done', async () => (await open()) === 0, DRAIN_MS);
    const done = new Set((await fleet.actions()).map(({ id }) => formatId('action', id)));
    const acknowledged = [...sustained, ...accepted].map(({ actionId }) => actionId ?? 'none');
    expect(acknowledged.filter((id) => !done.has(id))).toEqual([]);
  }, 300_000);
});

const each = (perSecond: number): string => `${perSecond.toFixed(0)}/s`;

function at(share: number, answers: Answer[]): string {
  const sorted = answers.map(({ tookMs }) => tookMs).toSorted((a, b) => a - b);
  return `${(sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(0)} ms`;
}

/** Checks an api each second, like a supervisor: whether it is alive, and how much memory it has. */
function watching(api: Api) {
  const probes: Promise<number>[] = [];
  const residentMb: number[] = [];
  const probe = async (): Promise<number> => {
    const askedAt = performance.now();
    const isAlive = await fetch(`${api.url}/livez`).then(
      ({ ok }) => ok,
      () => false,
    );
    return isAlive ? Math.round(performance.now() - askedAt) : Infinity;
  };
  const timer = setInterval(() => {
    probes.push(probe());
    const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${api.pid}/status`, 'utf8'))?.[1];
    residentMb.push(Math.round(Number(kilobytes) / 1024));
  }, 1_000);
  const end = async (): Promise<{ probes: number[]; residentMb: number[] }> => {
    clearInterval(timer);
    return { probes: await Promise.all(probes), residentMb };
  };
  return { end };
}
