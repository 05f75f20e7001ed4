import type { Action, JsonObject } from '@proviso/contracts';
import { execute } from '@proviso/core';
import { holdings, pending, uuidOf, type Api, type ReplyBody, type Tenant } from '../open-api.ts';

/** An account to act as, made over the API. Returns its id. */
export async function account(
  { owner }: Tenant,
  provider: string,
  { config = {}, ...sealed }: { config?: JsonObject; credentials?: JsonObject },
): Promise<string> {
  const { status, body, text } = await owner.post('/v1/identities', { provider, name: provider, config, ...sealed });
  if (status !== 201) throw new Error(`no identity: ${text}`);
  return body.identity.identity_id;
}

export const proposeAs = (here: Tenant, identity_id: string, type: string, params: JsonObject): Promise<Action> =>
  pending(here.owner, here, { type, identity_id, params });

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

export const trailOf = ({ logs }: ReplyBody['action']): string[] => logs.map(({ event }) => event);

/** Expects that nothing which the workspace keeps, and nothing that was answered, shows the secret. */
export async function expectHidden(api: Api, here: Tenant, secret: string, ...answers: object[]): Promise<void> {
  const kept = JSON.stringify([await holdings(api.world, here), ...answers]);
  expect(kept).not.toContain(secret);
  expect(kept).not.toContain(Buffer.from(secret).toString('base64'));
}
