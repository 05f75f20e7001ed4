import { createInterface } from 'node:readline/promises';
import type { Action } from '@proviso/sdk';
import { previewText } from './action-text.ts';
import { CliError, usageError } from './failure.ts';
import { print, printJson, type Output } from './output.ts';
import { clientNow } from './request.ts';
import { showEnd } from './show-end.ts';

export interface DecideOptions {
  yes?: true;
  hash?: string;
  comment?: string;
  wait?: string | true;
}

/** The decision carries the hash of what was shown, so that a proposal that changed meanwhile is refused. */
export async function approve(id: string, { yes, hash, comment, wait }: DecideOptions, output: Output): Promise<void> {
  const client = clientNow();
  const seen = await client.actions.get(id);
  if (!yes) await assertApproved(seen);
  const params_hash = hash ?? seen.params_hash;
  const action = await client.actions.approve(id, { params_hash, ...(comment && { comment }) });
  await showEnd(client, action, wait, output);
}

export async function reject(id: string, { comment }: DecideOptions, { json }: Output): Promise<void> {
  const action = await clientNow().actions.reject(id, comment ? { comment } : {});
  if (json) printJson(action);
  else print(`${action.action_id}  ${action.status}`);
}

async function assertApproved(action: Action): Promise<void> {
  if (!process.stdin.isTTY || !process.stderr.isTTY)
    throw usageError('There is no terminal to ask at. Read the action with actions get, then approve it with --yes.');
  process.stderr.write(`${previewText(action)}\n\n`);
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await lines.question('Approve this? [y/N] ');
  lines.close();
  if (!/^y(es)?$/i.test(answer.trim())) throw new CliError('Not approved.', 1);
}
