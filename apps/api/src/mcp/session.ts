import { AppError, type AgentGateway, type Context, type FairSlots, type Waiters } from '@proviso/core';
import { ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server';
import { asAppError } from '../errors.ts';

/** One request of an agent, as the handlers of the protocol need it. */
export interface McpSession {
  ctx: Context;
  gateway: AgentGateway;
  waiters: Waiters;
  /** Calls of servers, in turns among workspaces. */
  callSlots: FairSlots;
  /** How long a call waits for its action to end. */
  waitMs: number;
  /** Aborts when the agent hangs up or the process is told to stop. */
  gone: AbortSignal;
  /** Runs once the reply has been handed to the connection. */
  onDelivered: (work: () => Promise<void>) => void;
}

/** How many calls of one workspace may wait for a slot. */
const WAITING_MAX = 100;
const SLOT_WAIT_MS = 10_000;

/** Runs work that calls a server, in a slot of its workspace. Throws UNAVAILABLE if none becomes free. */
export async function inCallSlot<T>({ ctx, callSlots }: McpSession, work: () => Promise<T>): Promise<T> {
  const { workspaceId } = ctx.caller;
  const busy = new AppError('UNAVAILABLE', 'Too many calls of this workspace are running at once. Try again shortly.');
  if (callSlots.waiting(workspaceId) >= WAITING_MAX) throw busy;
  const release = await callSlots.take(workspaceId, SLOT_WAIT_MS);
  if (!release) throw busy;
  try {
    return await work();
  } finally {
    release();
  }
}

/** Any error as the protocol's own. Logs an internal one. */
export function asProtocolError({ ctx }: McpSession, thrown: unknown): ProtocolError {
  if (thrown instanceof ProtocolError) return thrown;
  const error = asAppError(thrown);
  if (error.code === 'INTERNAL') ctx.log.error({ err: thrown }, 'a request of an agent failed');
  const isTheirs = error.code === 'INVALID' || error.code === 'NOT_FOUND';
  return new ProtocolError(isTheirs ? ProtocolErrorCode.InvalidParams : ProtocolErrorCode.InternalError, error.message);
}
