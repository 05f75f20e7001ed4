import type { Approval, JsonObject } from '@proviso/contracts';
import {
  readablePreview,
  type Delivery,
  type Executor,
  type Outcome,
  type RunContext,
  type IdentityView,
  type WritableRecords,
} from '@proviso/core/executor';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { watchConnections, type WatchedConnections } from './connections.ts';

/** The provider of one test: a real server, or the records that a transactional executor writes. */
export interface ConformanceBackend {
  /** The number of effects at the provider. */
  effects(): number;
  close(): Promise<void>;
}

export interface ConformanceFault<B extends ConformanceBackend> {
  name: string;
  /** Arms the fault. For one that `hangs`, `reached` resolves when the executor has reached it. */
  inject(backend: B): { reached: Promise<void> } | void | Promise<void>;
  /** The outcomes that are true for it. */
  allowed: readonly Outcome['kind'][];
  /** The provider's words that the outcome's message must repeat. */
  says?: string;
  /** The provider never answers: only the signal ends the run. */
  hangs?: boolean;
}

export interface ConformanceIdentity {
  identity: IdentityView | null;
  credentials: JsonObject | null;
  /** What no outcome and no preview may contain. */
  secrets: string[];
}

export interface ConformanceSubject<B extends ConformanceBackend> {
  executor: Executor;
  /** The guarantee for these params and this identity, if the executor's own is a function. */
  delivery?: Delivery;
  startBackend(): Promise<B>;
  /** Final params: resolved and valid. */
  makeParams(): JsonObject;
  /** The proposal, if it has less: the rest is looked up. */
  proposal?: JsonObject;
  makeIdentity(backend: B): ConformanceIdentity;
  records(backend: B): WritableRecords;
  /** Each value that the provider received, and the address if a tenant sets it; no constants of the transport. */
  sent(backend: B): string[];
  faults: readonly ConformanceFault<B>[];
}

const ACTION_ID = 'act_01h455vb4pex5vsknk084sn02q';
const WORKSPACE_ID = 'workspace-of-the-run';

/** Values of the action itself, which no preview can show before the action exists. */
const isOfTheRun = (value: string): boolean => value.includes(ACTION_ID) || value === WORKSPACE_ID;

const textsOf = (value: unknown): string[] => {
  if (typeof value !== 'object' || value === null) return [String(value)];
  return Object.entries(value).flatMap(([key, each]) => [key, ...textsOf(each)]);
};

interface Run {
  outcome: Outcome;
  begins: number;
}

/** What every executor must do: drives it directly, with each fault of its provider. Call it in a test file. */
export function describeConformance<B extends ConformanceBackend>(name: string, subject: ConformanceSubject<B>): void {
  describe(`the executor ${name}`, () => {
    let backend: B;
    let connections: WatchedConnections;
    beforeEach(async () => {
      backend = await subject.startBackend();
      connections = watchConnections();
    });
    afterEach(async () => {
      connections.stop();
      await backend.close();
      // A connection that `openSocket` or `openEgress` did not open may lead anywhere.
      expect(connections.others()).toEqual([]);
    });

    describePureParts(subject, () => backend);
    describeProposal(subject, () => backend);
    describeBegin(subject, () => backend);
    for (const fault of subject.faults) describeFault(subject, fault, () => backend);
    for (const fault of subject.faults.filter(({ hangs }) => hangs)) describeTimeLimit(subject, fault, () => backend);
  });
}

/** The guarantee of a subject's executor. */
export const guaranteeOf = <B extends ConformanceBackend>({ delivery, executor }: ConformanceSubject<B>) =>
  delivery ?? executor.delivery;

function describePureParts<B extends ConformanceBackend>(subject: ConformanceSubject<B>, backend: () => B): void {
  const { executor } = subject;

  it('accepts its params and refuses an unknown field', async () => {
    const parse = (params: JsonObject) => executor.params.safeParseAsync(params);
    expect(await parse(subject.makeParams())).toMatchObject({ success: true });
    expect(await parse({ ...subject.makeParams(), no_such_field: 1 })).toMatchObject({ success: false });
  });

  it('leaves parsed params unchanged, so that their hash stays valid', async () => {
    const once = await executor.params.parseAsync(subject.makeParams());
    expect(await executor.params.parseAsync(structuredClone(once))).toEqual(once);
  });

  it('renders the same preview twice from frozen params, without secrets', async () => {
    const params = deepFreeze(await executor.params.parseAsync(subject.makeParams()));
    const { identity, secrets } = subject.makeIdentity(backend());
    const draw = (): string => {
      const found = { identity: deepFreeze(identity), current: {} };
      return JSON.stringify([executor.preview(params, found), executor.summary?.(params, found)]);
    };
    expect(draw()).toBe(draw());
    expectNoSecret(draw(), secrets);
    expect(executor.preview(params, { identity: null }).title).not.toBe('');
    expect(executor.summary?.(params, { identity: null })).not.toBe('');
  });

  it('shows no name that somebody chose under a label that could be ours', async () => {
    const { identity } = subject.makeIdentity(backend());
    for (const name of CHOSEN_NAMES)
      for (const params of withName(subject.makeParams(), name)) {
        const { success, data } = await executor.params.safeParseAsync(params);
        if (!success) continue;
        const { fields } = readablePreview(executor.preview(data, { identity }));
        for (const { label } of fields) expect(label).toMatch(CHOSEN_LABEL.test(label) ? CHOSEN_LABEL : OUR_LABEL);
        expect(fields.filter(({ label }) => CHOSEN_LABEL.test(label)).length).toBeGreaterThan(0);
      }
  });
}

/** Only words. */
const OUR_LABEL = /^[A-Z][A-Za-z]*(?: [A-Za-z]+)*$/;
/** The form that `givenLabel` returns. */
const CHOSEN_LABEL = /^[a-z]+\["(?:[^"\\]|\\.)*"\]$/u;
/** Names that would pass for our labels: unchanged, in other letters, and on their own line. */
const CHOSEN_NAMES = [
  'Contact',
  'contact',
  'Approved by',
  'approved_by',
  'to',
  'Сontact',
  'Con\u200Btact',
  'Total\nApproved by: CEO',
  'x"] Contact["',
];

/** The params with one more entry of that name in each of their objects, one at a time. */
function withName(params: JsonObject, name: string): JsonObject[] {
  const inside = Object.entries(params).flatMap(([key, value]) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? withName(value, name).map((changed) => ({ ...params, [key]: changed }))
      : [],
  );
  return [{ ...params, [name]: 'CEO' }, ...inside];
}

/** A provider that is down loses no proposal: the core continues without its look-ups. */
function describeProposal<B extends ConformanceBackend>(subject: ConformanceSubject<B>, backend: () => B): void {
  const { executor } = subject;
  it('throws only UNAVAILABLE at a proposal if its provider is down, and renders its preview without the look-ups', async () => {
    const { identity, credentials } = subject.makeIdentity(backend());
    const lookup = {
      workspaceId: 'w',
      records: subject.records(backend()),
      identity,
      openCredentials: async () => credentials,
    };
    await backend().close();
    const params = await executor.params.parseAsync(subject.proposal ?? subject.makeParams());
    const asking = [() => executor.resolve?.(params, lookup), () => executor.readCurrent?.(params, lookup)];
    for (const ask of asking) {
      const thrown: unknown = await Promise.resolve(ask()).then(
        () => undefined,
        (error: unknown) => error,
      );
      if (thrown !== undefined) expect(thrown).toMatchObject({ code: 'UNAVAILABLE' });
    }
    expect(executor.preview(params, { identity, current: {} }).title).not.toBe('');
  });
}

function describeBegin<B extends ConformanceBackend>(subject: ConformanceSubject<B>, backend: () => B): void {
  const transactional = guaranteeOf(subject) === 'transactional';

  it('has the delivery guarantee that its subject declares', () => {
    const { delivery } = subject.executor;
    const { identity } = subject.makeIdentity(backend());
    const guarantee = typeof delivery === 'function' ? delivery(subject.makeParams(), identity) : delivery;
    expect(guarantee).toBe(guaranteeOf(subject));
  });

  it('has exactly one effect when nothing fails', async () => {
    const { outcome, begins } = await run(subject, backend());
    expect(outcome.kind).toBe('done');
    expect(backend().effects()).toBe(1);
    expect(transactional || begins === 1).toBe(true);
  });

  it('shows everything that it sends', async () => {
    await run(subject, backend());
    const { identity, secrets } = subject.makeIdentity(backend());
    const params = await subject.executor.params.parseAsync(subject.makeParams());
    const shown = textsOf(readablePreview(subject.executor.preview(params, { identity })));
    const sent = subject.sent(backend()).filter((value) => value !== '' && !isOfTheRun(value));
    expect(sent).not.toEqual([]);
    expect(sent.filter((value) => !secrets.includes(value) && !shown.some((text) => text.includes(value)))).toEqual([]);
  });
  if (transactional) return;

  it('has no effect before begin has returned', async () => {
    const effectsAtBegin: number[] = [];
    await run(subject, backend(), {
      begin: async () => {
        // Many more turns than loopback needs to deliver what is in flight.
        for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
        effectsAtBegin.push(backend().effects());
      },
    });
    expect(effectsAtBegin).toEqual([0]);
  });

  it('has no effect if begin throws, and passes the error on unchanged', async () => {
    const lost = Object.assign(new Error('this worker no longer holds the action'), { code: 'FENCED' });
    const begin = (): Promise<void> => Promise.reject(lost);
    const error: unknown = await run(subject, backend(), { begin }).catch((thrown: unknown) => thrown);
    expect(error).toBe(lost);
    expect(lost.code).toBe('FENCED');
    expect(backend().effects()).toBe(0);
  });

  it('has no effect when it is stopped before it starts', async () => {
    const { outcome } = await run(subject, backend(), { signal: AbortSignal.abort() });
    expect(outcome).toMatchObject({ kind: 'retry', undone: true });
    expect(backend().effects()).toBe(0);
  });
}

function describeFault<B extends ConformanceBackend>(
  subject: ConformanceSubject<B>,
  fault: ConformanceFault<B>,
  backend: () => B,
): void {
  it(`returns a true outcome when ${fault.name}`, async () => {
    const injected = await fault.inject(backend());
    const { outcome, begins } = fault.hangs
      ? await stopWhen(subject, backend(), injected?.reached ?? Promise.resolve())
      : await run(subject, backend());
    const effects = backend().effects();
    expect(fault.allowed).toContain(outcome.kind);
    expect(effectsThatFit(outcome)).toContain(effects);
    expect(effects === 0 || begins === 1 || guaranteeOf(subject) === 'transactional').toBe(true);
    if (fault.says !== undefined && outcome.kind !== 'done') expect(outcome.message).toContain(fault.says);
    expectNoSecret(JSON.stringify(outcome), subject.makeIdentity(backend()).secrets);
  });
}

/** The numbers of effects for which the outcome is true. */
function effectsThatFit(outcome: Outcome): number[] {
  if (outcome.kind === 'done') return [1];
  return outcome.kind === 'refused' || (outcome.kind === 'retry' && outcome.undone) ? [0] : [0, 1];
}

const PATIENCE_MS = 170_000;

/** Only the pipeline limits a run: once the effect may have begun, no other limit ends it. */
function describeTimeLimit<B extends ConformanceBackend>(
  subject: ConformanceSubject<B>,
  fault: ConformanceFault<B>,
  backend: () => B,
): void {
  it(`waits until its signal aborts when ${fault.name}`, async () => {
    const clock = fakeClock();
    try {
      const stop = new AbortController();
      const injected = await fault.inject(backend());
      let settled: Run | undefined;
      const running = run(subject, backend(), { signal: stop.signal }).then((end) => (settled = end));
      await injected?.reached;
      await clock.pass(PATIENCE_MS);
      if (settled) expect(settled.outcome).toMatchObject({ kind: 'retry', undone: true });
      stop.abort(new Error('timed out'));
      await clock.pass(1_000);
      await running;
    } finally {
      clock.stop();
    }
  });
}

/** Advances this process's timers; sockets continue in real time. */
function fakeClock() {
  jest.useFakeTimers({
    doNotFake: ['nextTick', 'setImmediate', 'clearImmediate', 'queueMicrotask', 'performance', 'Date'],
  });
  const limits = jest.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
    const ends = new AbortController();
    setTimeout(() => ends.abort(new DOMException('The time is up.', 'TimeoutError')), ms);
    return ends.signal;
  });
  return {
    async pass(ms: number): Promise<void> {
      await jest.advanceTimersByTimeAsync(ms);
      for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    },
    stop(): void {
      limits.mockRestore();
      jest.useRealTimers();
    },
  };
}

/** Aborts when the fault has been reached, and expects the run to settle within a second. */
async function stopWhen<B extends ConformanceBackend>(
  subject: ConformanceSubject<B>,
  backend: B,
  reached: Promise<void>,
): Promise<Run> {
  const stop = new AbortController();
  const running = run(subject, backend, { signal: stop.signal });
  await reached;
  stop.abort(new Error('timed out'));
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('did not settle within a second of the signal')), 1_000);
  });
  return Promise.race([running, late]).finally(() => clearTimeout(timer));
}

async function run<B extends ConformanceBackend>(
  subject: ConformanceSubject<B>,
  backend: B,
  overrides: { begin?: () => Promise<void>; signal?: AbortSignal } = {},
): Promise<Run> {
  const { identity, credentials } = subject.makeIdentity(backend);
  const records = subject.records(backend);
  let begins = 0;
  const ctx: RunContext<JsonObject> = {
    action: {
      id: ACTION_ID,
      workspaceId: WORKSPACE_ID,
      params: subject.makeParams(),
      attempt: 1,
      approval: APPROVAL,
    },
    records,
    identity,
    credentials,
    key: `key-of-${ACTION_ID}`,
    signal: overrides.signal ?? new AbortController().signal,
    begin: async () => {
      begins++;
      await overrides.begin?.();
    },
  };
  const outcome = await subject.executor.execute(ctx);
  if (outcome.kind === 'done') await outcome.write?.(records);
  return { outcome, begins };
}

const APPROVAL: Approval = {
  decision: 'approve',
  by: { kind: 'api_key', id: 'key_1', name: 'Reviewer' },
  comment: null,
  at: '2026-01-01T00:00:00.000Z',
  edits: null,
  via: 'test',
  card_digest: null,
};

function expectNoSecret(text: string, secrets: readonly string[]): void {
  for (const secret of secrets) {
    expect(text).not.toContain(secret);
    expect(text).not.toContain(JSON.stringify(secret).slice(1, -1));
    expect(text).not.toContain(Buffer.from(secret).toString('base64'));
  }
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze);
  return value;
}
