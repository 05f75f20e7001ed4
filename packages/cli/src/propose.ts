import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import type { CreateActionBody, JsonObject } from '@proviso/contracts';
import { usageError } from './failure.ts';
import type { Output } from './output.ts';
import { clientNow } from './request.ts';
import { showEnd } from './show-end.ts';

export interface ProposeOptions {
  type: string;
  params: string;
  identity?: string;
  description?: string;
  requireApproval?: true;
  wait?: string | true;
}

export async function propose(options: ProposeOptions, output: Output): Promise<void> {
  const { type, params, identity, description, requireApproval, wait } = options;
  const body = {
    type,
    params: await readParams(params),
    ...(identity && { identity_id: identity }),
    ...(description && { description }),
    ...(requireApproval && { require_approval: true }),
  } as CreateActionBody; // the service says what is missing
  const client = clientNow();
  await showEnd(client, await client.actions.create(body), wait, output);
}

async function readParams(given: string): Promise<JsonObject> {
  const json = given === '-' ? await text(process.stdin) : given.startsWith('@') ? readFile(given.slice(1)) : given;
  try {
    return JSON.parse(json) as JsonObject;
  } catch (error) {
    throw usageError(`--params is not JSON: ${(error as Error).message}`);
  }
}

function readFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw usageError(`--params names a file that cannot be read: ${(error as Error).message}`);
  }
}
