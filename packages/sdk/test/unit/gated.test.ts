import { gated, originalOf, type Client, type Gate, type Tool } from '../../src/index.ts';
import { json, refusal, silent, useFakeServers } from './fake-server.ts';

const WORKSPACE = '0190b0d0-0000-7000-8000-000000000001';
const serve = useFakeServers();

const recorded = json(201, { id: 'pa-1', status: 'pending' });
const action = (more: object) =>
  json(200, { status: 'success', action: { type: 'refund', params: { amount: 5 }, original_params: null, ...more } });

function refund() {
  const runs: unknown[] = [];
  const tool: Tool<{ amount: number }, { refunded: number }> = {
    name: 'refund',
    execute(input) {
      runs.push(input);
      return { refunded: input.amount };
    },
  };
  return { runs, tool };
}

const write = (client: Client, gate: Partial<Gate> = {}) => {
  const { tool, runs } = refund();
  return { tool, runs, gated: gated(tool, { client, access: 'write', ...gate }) };
};

it('passes a read through without approval', async () => {
  const { client, seen } = await serve(silent);
  const { tool } = refund();
  const read = gated(tool, { client: client(), access: 'read' });
  await expect(read.execute({ amount: 5 })).resolves.toEqual({ refunded: 5 });
  expect(seen).toEqual([]);
});

it('records a write with its context, does not run it, and reports that it is queued', async () => {
  const { client, seen } = await serve(recorded);
  const context = { missionId: 'm-1', sessionId: 's-1' };
  const { gated: tool, runs } = write(client({ workspaceId: WORKSPACE }), { context });
  await expect(tool.execute({ amount: 5 }, { callId: 'call_1' })).resolves.toEqual({
    status: 'queued',
    pending_action_id: 'pa-1',
    tool_name: 'refund',
    message: expect.stringContaining('has not run'),
  });
  expect(runs).toEqual([]);
  expect(seen).toHaveLength(1);
  expect(seen[0]).toMatchObject({
    method: 'POST',
    path: '/api/pending-actions',
    body: {
      toolName: 'refund',
      toolInput: { amount: 5 },
      workspaceId: WORKSPACE,
      ...context,
      metadata: { tool_call_id: 'call_1' },
    },
  });
});

it('evaluates the context for each call', async () => {
  const { client, seen } = await serve(recorded);
  const context: Gate['context'] = ({ source }) => ({ workspaceId: WORKSPACE, sessionId: source as string });
  const { gated: tool } = write(client(), { context });
  await tool.execute({ amount: 5 }, { source: 's-7' });
  expect(seen[0]?.body).toMatchObject({ workspaceId: WORKSPACE, sessionId: 's-7' });
});

it('fails a write without a workspace and queues nothing', async () => {
  const { client, seen } = await serve(silent);
  const { gated: tool, runs } = write(client());
  await expect(tool.execute({ amount: 5 })).rejects.toMatchObject({ code: 'NO_WORKSPACE' });
  expect(seen).toEqual([]);
  expect(runs).toEqual([]);
});

it('fails a write that could not be recorded', async () => {
  const { client } = await serve(json(403, { error: { code: 'FORBIDDEN', message: 'No.' } }));
  const { gated: tool, runs } = write(client({ workspaceId: WORKSPACE }));
  await expect(tool.execute({ amount: 5 })).rejects.toMatchObject({ code: 'FORBIDDEN' });
  expect(runs).toEqual([]);
});

it('keeps the original reachable', async () => {
  const { client } = await serve(silent);
  const { gated: tool, tool: original } = write(client());
  expect(tool.original).toBe(original);
  expect(originalOf(tool)).toBe(original);
  expect(originalOf(original)).toBe(original);
});

describe('the idempotency key', () => {
  const keysOf = async (...calls: { amount: number; callId?: string; sessionId?: string }[]) => {
    const { client, seen } = await serve(recorded);
    for (const { amount, callId, sessionId } of calls) {
      const { gated: tool } = write(client({ workspaceId: WORKSPACE }), { context: { sessionId } });
      await tool.execute({ amount }, { callId });
    }
    return new Set(seen.map(({ headers }) => headers['idempotency-key'])).size;
  };

  it('is the same for a repeated call', async () => {
    expect(await keysOf({ amount: 5, callId: 'call_1' }, { amount: 5, callId: 'call_1' })).toBe(1);
  });

  it('is the same for an input with its keys in a different order, and so is the preview', async () => {
    const { client, seen } = await serve(recorded);
    const tool = gated(
      { name: 'refund', execute: (input: object) => input },
      {
        client: client({ workspaceId: WORKSPACE }),
        access: 'write',
        preview: (input: object) => ({
          title: 'Refund',
          fields: Object.entries(input).map(([label, value]) => ({ label, value: JSON.stringify(value) })),
        }),
      },
    );
    await tool.execute({ amount: 5, to: { bank: 'x', iban: 'y' }, note: undefined }, { callId: 'call_1' });
    await tool.execute({ to: { iban: 'y', bank: 'x' }, amount: 5.0 }, { callId: 'call_1' });
    expect(new Set(seen.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
    expect(JSON.stringify(seen[1]?.body)).toBe(JSON.stringify(seen[0]?.body));
  });

  it('differs by call, input and session, and is new without a call id', async () => {
    expect(
      await keysOf(
        { amount: 5, callId: 'call_1' },
        { amount: 5, callId: 'call_2' },
        { amount: 6, callId: 'call_1' },
        { amount: 5, callId: 'call_1', sessionId: 's' },
        { amount: 5 },
        { amount: 5 },
      ),
    ).toBe(6);
  });
});

describe('a preview', () => {
  const given = { title: 'Refund 5', fields: [{ label: 'Amount', value: 5 }] };
  const sent = async (preview: () => unknown) => {
    const { client, seen } = await serve(recorded);
    const { tool } = refund();
    const options = { client: client({ workspaceId: WORKSPACE }), access: 'write', preview: preview as never } as const;
    await gated(tool, options).execute({ amount: 5 });
    return seen.map(({ body }) => (body as { preview?: unknown }).preview)[0];
  };

  it('goes with the proposal', async () => {
    expect(await sent(() => given)).toEqual(given);
    expect(await sent(async () => given)).toEqual(given);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('no');
      },
    ],
    ['rejects', () => Promise.reject(new Error('no'))],
    ['is no preview', () => 'a string'],
  ])('that %s is left to the service, and the write is still queued', async (_, preview) => {
    expect(await sent(preview)).toBeUndefined();
  });
});

describe('mode wait', () => {
  const outcome = async (...answers: Parameters<typeof serve>) => {
    const { client, seen } = await serve(recorded, ...answers);
    const { gated: tool } = write(client({ workspaceId: WORKSPACE }), { mode: 'wait', waitMs: 300 });
    return { answer: await tool.execute({ amount: 9 }), seen };
  };

  it('reports what ran instead of what was proposed', async () => {
    const { answer, seen } = await outcome(
      action({
        status: 'completed',
        original_params: { amount: 9, note: 'x' },
        params: { amount: 5, note: 'x' },
        result: { refunded: 5 },
        approval: { comment: 'Half is enough.' },
      }),
    );
    expect(answer).toEqual({
      status: 'completed',
      pending_action_id: 'pa-1',
      tool_name: 'refund',
      edited: true,
      changed_fields: ['amount'],
      final_input: { amount: 5, note: 'x' },
      result: { refunded: 5 },
      comment: 'Half is enough.',
      message: 'refund has run. A person changed: amount.',
    });
    expect(seen[1]).toMatchObject({ path: '/v1/actions/pa-1', headers: { prefer: 'wait=1' } });
  });

  it.each([
    [
      { status: 'rejected', approval: { comment: 'No.' } },
      { status: 'rejected', comment: 'No.', edited: false },
    ],
    [
      { status: 'cancelled', status_reason: 'approval_expired' },
      { status: 'cancelled', message: 'refund was cancelled (approval_expired). It has not run.' },
    ],
    [
      { status: 'failed', error: { code: 'provider_refused', message: 'The tool answered 422.', retryable: false } },
      { status: 'failed', error: { code: 'provider_refused', message: 'The tool answered 422.' } },
    ],
    [
      { status: 'failed', error: { code: 'outcome_unknown', message: 'It may have happened.', retryable: false } },
      { status: 'failed', message: 'refund may have run: the outcome is unknown. Do not repeat it.' },
    ],
  ])('reports how it ended: %j', async (ended, wanted) => {
    expect((await outcome(action(ended))).answer).toMatchObject(wanted);
  });

  it.each([
    ['waits for a person', { status: 'pending_approval' }, 'queued', /^refund has not run: it waits for a person/],
    ['is approved', { status: 'approved', attempts: 0 }, 'approved', /^refund is approved and has not run yet/],
    ['is scheduled', { status: 'scheduled', attempts: 0 }, 'approved', /^refund is approved and has not run yet/],
    [
      'is tried again',
      { status: 'approved', attempts: 2 },
      'approved',
      /^refund is approved. After 2 attempts .* may have/,
    ],
    [
      'runs',
      { status: 'running', attempts: 1 },
      'running',
      /^refund is running now: it may already have had its effect/,
    ],
  ])('reports the status when the time is up: it %s', async (_, standing, status, message) => {
    const { answer } = await outcome(action(standing));
    expect(answer).toMatchObject({ status, pending_action_id: 'pa-1', message: expect.stringMatching(message) });
  });

  it('reports an unknown status when it cannot be read', async () => {
    const { answer } = await outcome(json(403, refusal('FORBIDDEN')));
    expect(answer).toMatchObject({ status: 'unknown', pending_action_id: 'pa-1' });
    expect(answer).not.toMatchObject({ message: expect.stringContaining('has not run') });
  });
});

it('reads the current status of an earlier call instead of its old reply', async () => {
  const replayed = json(201, { id: 'pa-1', status: 'pending' }, { 'idempotency-replayed': 'true' });
  const { client } = await serve(replayed, action({ status: 'completed', result: { refunded: 5 } }));
  const { gated: tool } = write(client({ workspaceId: WORKSPACE }));
  expect(await tool.execute({ amount: 5 }, { callId: 'call_1' })).toMatchObject({ status: 'completed' });
});

describe('a call that is aborted', () => {
  const cancelled = json(200, { status: 'success', action: { action_id: 'pa-1', status: 'cancelled' } });
  type Answer = typeof recorded;
  /** Starts a call, and aborts it when the server gets its `at`-th request. */
  const abortedAt = async (at: number, gate: Partial<Gate>, ...answers: Answer[]) => {
    const stop = new AbortController();
    const aborting = answers.map((answer, index): Answer => {
      if (index !== at) return answer;
      return (res, seen) => {
        stop.abort(new Error('enough'));
        answer(res, seen);
      };
    });
    const { client, seen } = await serve(...aborting);
    const { gated: tool } = write(client({ workspaceId: WORKSPACE }), gate);
    const error: unknown = await tool.execute({ amount: 5 }, { signal: stop.signal, callId: 'call_1' }).catch((e) => e);
    return { error, seen };
  };

  it('proposes nothing if it is already aborted', async () => {
    const { client, seen } = await serve(recorded);
    const { gated: tool } = write(client({ workspaceId: WORKSPACE }));
    await expect(tool.execute({ amount: 5 }, { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow(
      'enough',
    );
    expect(seen).toEqual([]);
  });

  it('withdraws a waiting proposal, and throws the reason of the abort', async () => {
    const { error, seen } = await abortedAt(1, { mode: 'wait' }, recorded, silent, cancelled);
    expect(error).toEqual(new Error('enough'));
    expect(seen.at(-1)).toMatchObject({ method: 'POST', path: '/v1/actions/pa-1/cancel' });
  });

  it.each(['wait', 'submit'] as const)(
    'withdraws a proposal that was recorded after the abort, in mode %s',
    async (mode) => {
      const { error, seen } = await abortedAt(0, { mode }, recorded, cancelled);
      expect(error).toEqual(new Error('enough'));
      expect(seen.map(({ path }) => path)).toEqual(['/api/pending-actions', '/v1/actions/pa-1/cancel']);
    },
  );

  it('names the action that has started', async () => {
    const begun = json(409, refusal('INVALID_STATE'));
    const { error } = await abortedAt(1, { mode: 'wait' }, recorded, silent, begun);
    expect(error).toMatchObject({ code: 'ABORTED', actionId: 'pa-1', cause: new Error('enough') });
  });

  it('keeps the proposal of an earlier call with the same id', async () => {
    const replayed = json(201, { id: 'pa-1', status: 'pending' }, { 'idempotency-replayed': 'true' });
    const { error, seen } = await abortedAt(1, { mode: 'wait' }, replayed, silent);
    expect(error).toMatchObject({ code: 'ABORTED', actionId: 'pa-1' });
    expect(seen.some(({ path }) => path.endsWith('/cancel'))).toBe(false);
  });
});
