import { ProvisoError, type Action, type Client } from '@proviso/sdk';
import { notCompleted, notEnded, usageError } from './failure.ts';
import { clean, print, printJson, type Output } from './output.ts';

const WAIT_S = 60;

/**
 * Prints the action, with `--wait` when it has ended. Throws, after it has printed, if the action did not complete or
 * did not end in time.
 */
export async function showEnd(
  client: Client,
  action: Action,
  wait: string | true | undefined,
  { json }: Output,
): Promise<void> {
  const seconds = wait === true ? WAIT_S : Number(wait ?? 0);
  if (!(seconds >= 0)) throw usageError('--wait takes a number of seconds.');
  const last = wait === undefined ? action : await ended(client, action, seconds);
  if (json) printJson(last);
  else print(clean(`${last.action_id}  ${last.status}${last.status_reason ? `  ${last.status_reason}` : ''}`));
  if (wait === undefined || last.status === 'completed') return;
  if (!['failed', 'rejected', 'cancelled'].includes(last.status))
    throw notEnded(`The action is ${last.status} after ${seconds} s.`);
  throw notCompleted(`The action ended as ${last.status}${last.error ? `: ${last.error.message}` : '.'}`);
}

const ended = (client: Client, { action_id }: Action, seconds: number): Promise<Action> =>
  client.wait(action_id, { timeoutMs: seconds * 1000 }).catch((error: unknown) => {
    if (error instanceof ProvisoError && error.code === 'WAIT_OVER') return client.actions.get(action_id);
    throw error;
  });
