import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JsonObject } from '@proviso/contracts';
import { createClient, toolHost, type Client, type HostedTool, type PendingAction } from '@proviso/sdk';
import { clientOf, openWorld, startApi, startWorker, until, type World } from '@proviso/testing';
import express from 'express';
import { z } from 'zod';

/** The input of a refund, in every framework. */
export const refundInput = z.object({ order: z.string(), amount: z.number().max(1_000) });

/** The running service, shared by all tests of a file. */
export interface RunningService {
  world: World;
  url: string;
  close(): Promise<void>;
}

/** An api and a worker that reach tools on this machine. */
export async function startService(): Promise<RunningService> {
  const world = await openWorld();
  const env = {
    PROVISO_ALLOW_PRIVATE_ADDRESSES: 'true',
    PROVISO_SECRET_KEYS: `test:${randomBytes(32).toString('base64')}`,
  };
  const fleet = { databaseUrl: world.databaseUrl, env };
  const [api, worker] = await Promise.all([startApi(fleet), startWorker(fleet)]);
  return {
    world,
    url: api.url,
    close: async () => {
      await Promise.all([api.kill(), worker.kill()]);
      await world.close();
    },
  };
}

/** A workspace with the tool `refund`, and a program that hosts it. */
export interface SdkFixture {
  /** With an agent's token: it proposes, and never decides. */
  agent: Client;
  /** With a person's token. */
  person: Client;
  /** The calls of the original function. */
  refunds: JsonObject[];
  /** The original, which moves money. */
  refund(input: JsonObject): JsonObject;
  /** Serves approved calls. */
  host(tools: HostedTool[]): void;
  /** The only proposal, when it exists. */
  proposal(): Promise<PendingAction>;
  close(): void;
}

export async function openSdkFixture({ world, url }: RunningService): Promise<SdkFixture> {
  const workspace = await world.workspace();
  const owner = await workspace.token({});
  const connect = (token: string): Client => createClient({ baseUrl: url, token, workspaceId: workspace.id });
  const person = connect(owner);
  const app = express();
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { body } = await clientOf(url, owner)<{ secret: string }>('POST', '/v1/tools', {
    name: 'refund',
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/proviso`,
    input_schema: z.toJSONSchema(refundInput),
  });
  const refunds: JsonObject[] = [];
  return {
    agent: connect(await workspace.token({ agent: 'Ada', scopes: ['actions:read', 'actions:write'] })),
    person,
    refunds,
    refund(input) {
      refunds.push(input);
      return { refunded: input.amount ?? null, order: input.order ?? null };
    },
    host(tools) {
      const options = { secret: body.secret, onError: () => undefined };
      app.use('/proviso', toolHost(tools, options).express);
    },
    proposal: () =>
      until('a proposal', async () => {
        const { items } = await person.pendingActions.list({ status: 'pending' });
        return items[0];
      }),
    close: () => void server.close(),
  };
}
