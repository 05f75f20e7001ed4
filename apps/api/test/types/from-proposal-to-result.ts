import type { Action, JsonObject } from '@proviso/contracts';
import { execute, recoverLost } from '@proviso/core';
import { holdings, uuidOf, type Api, type ReplyBody, type Tenant } from '../test-api.ts';

const UNPACED = { per_second: null, per_hour: null, per_day: null, per_week: null };

/** An account to act as as fast as it can, made over the API. Returns its id. */
export async function account(
  { owner }: Tenant,
  provider: string,
  { config = {}, ...sealed }: { config?: JsonObject; credentials?: JsonObject },
): Promise<string> {
  const { status, body, text } = await owner.post('/v1/identities', {
    provider,
    name: provider,
    config,
    pacing: UNPACED,
    ...sealed,
  });
  if (status !== 201) throw new Error(`no identity: ${text}`);
  return body.identity.identity_id;
}

export const proposeAs = (here: Tenant, identity_id: string, type: string, params: JsonObject): Promise<Action> =>
  here.pending({ type, identity_id, params });

/** A person approves it, with edits if there are any. */
export async function approve(
  { owner }: Tenant,
  { action_id, params_hash }: Action,
  edits?: JsonObject,
): Promise<Action> {
  const decision = edits ? { action: 'edit', edits, params_hash } : { action: 'approve', params_hash };
  const { status, body, text } = await owner.post(`/v1/actions/${action_id}/approve`, decision);
  if (status !== 200) throw new Error(`not approved: ${text}`);
  return body.action;
}

/** A worker runs it; returns the action with its log, as the API shows it afterwards. */
export async function run(api: Api, { owner }: Tenant, { action_id }: Action): Promise<ReplyBody['action']> {
  await execute(api.world.worker(), uuidOf(action_id));
  return (await owner.get(`/v1/actions/${action_id}`)).body.action;
}

/** A worker runs it and is lost when the provider is reached; another one takes over. Returns the action then. */
export async function runAndLose(
  api: Api,
  { owner }: Tenant,
  { action_id }: Action,
  reached: Promise<void>,
): Promise<ReplyBody['action']> {
  const id = uuidOf(action_id);
  const lost = execute(api.world.worker({ heartbeatMs: 1_000 }), id);
  await reached;
  await api.world.setAction(id, "lease_until = now() - interval '1 second'");
  await recoverLost(api.world.worker());
  const { body } = await owner.get(`/v1/actions/${action_id}`);
  await lost; // it notices, and writes nothing
  return body.action;
}

export const trailOf = ({ logs }: ReplyBody['action']): string[] => logs.map(({ event }) => event);

/** Expects that nothing which the workspace keeps, and nothing that was answered, shows the secret. */
export async function expectHidden(api: Api, here: Tenant, secret: string, ...answers: object[]): Promise<void> {
  const kept = JSON.stringify([await holdings(api.world, here), ...answers]);
  expect(kept).not.toContain(secret);
  expect(kept).not.toContain(Buffer.from(secret).toString('base64'));
}
