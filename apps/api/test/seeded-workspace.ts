import { createSignInLink, hashJson, newId, openSession, parseId, formatId } from '@proviso/core';
import type { Route } from '../src/route.ts';
import { addTask, join, uuidOf, type Api, type Tenant } from './test-api.ts';

/** A workspace with one of each thing that an address can name. */
export interface SeededWorkspace extends Tenant {
  ids: Record<string, string>;
}

export const TOOL = { name: 'refund', url: 'https://tools.example.com/refund', input_schema: { type: 'object' } };

/** Nothing listens there. */
const NO_SERVER = 'http://127.0.0.1:9/mcp';
export const CHARGE_HASH = hashJson({ name: 'charge', input_schema: { type: 'object' } });

export async function seedWorkspace(api: Api): Promise<SeededWorkspace> {
  const here = await api.tenant();
  const { action_id } = await here.pending();
  const { body } = await here.owner.post('/v1/contacts', { email: 'ann@example.com' });
  const key = await here.owner.post('/v1/api-keys', { name: 'spare', scopes: [] });
  const member = await join(api, here.owner, 'viewer');
  const invited = await here.owner.post('/v1/invitations', { email: 'cleo@example.com', role: 'viewer' });
  const runner = await here.agentId('runner');
  const { run } = (await here.owner.post(`/v1/agents/${runner}/runs`)).body;
  const { contact_id } = body.contact;
  await here.propose({ run_id: run.run_id, type: 'create_note', params: { contact_id, content: 'x' } });
  const { company_id } = (await here.owner.post('/v1/companies', { name: 'Acme' })).body.company;
  const task_id = await addTask(api.world, here);
  const name = `tool.${newId()}`;
  await here.owner.post('/v1/tools', { ...TOOL, name });
  const unused = await here.owner.post('/v1/contacts', { email: 'bea@example.com' });
  const waiting = await here.pending({ mission_id: newId() });
  const { user_id } = (await here.owner.get('/v1/auth/status')).body.user;
  const ownerId = parseId('user', user_id) ?? '';
  const session = await openSession(api.world.db, ownerId, { ipAddress: '127.0.0.1', userAgent: 'Mozilla/5.0' });
  const view = await here.owner.post('/v1/views', { name: 'Mail', filters: { type: 'email_message' }, shared: true });
  const held = await here.pending();
  await here.owner.post(`/v1/actions/${held.action_id}/approve`, { action: 'approve', hold_seconds: 600 });
  const unknown = await here.pending();
  await api.world.setAction(
    unknown.action_id,
    `status = 'failed', status_reason = 'outcome_unknown', completed_at = now()`,
  );
  const rejected = await here.pending();
  await here.owner.post(`/v1/actions/${rejected.action_id}/reject`, { comment: 'Not now.' });
  const served = await here.identity('mcp', { url: NO_SERVER });
  const servers = [{ identity_id: formatId('identity', served) }];
  const { gateway } = (await here.owner.post('/v1/gateways', { name: 'Billing', servers, agent_ids: [runner] })).body;
  const definition = { name: 'charge', input_schema: { type: 'object' } };
  await api.world.db.tables.gateway_tools.create({
    data: {
      gateway_id: parseId('gateway', gateway.gateway_id) ?? '',
      identity_id: served,
      name: definition.name,
      workspace_id: here.id,
      definition,
      definition_hash: hashJson(definition),
      semantics: definition,
      semantics_hash: hashJson(definition),
    },
  });
  const { webhook } = (await here.owner.post('/v1/webhooks', { url: 'https://hooks.example.com/proviso' })).body;
  const delivery = await api.world.db.tables.webhook_deliveries.create({
    data: {
      workspace_id: here.id,
      webhook_id: parseId('webhook', webhook.webhook_id) ?? '',
      action_id: uuidOf(action_id),
      version: 1,
      event: 'action.created',
      status: 'failed',
      attempts: 1,
      due_at: new Date(),
      completed_at: new Date(),
      log: [{ at: new Date().toISOString(), status: 500, error: 'The receiver answered 500.', duration_ms: 12 }],
    },
  });
  const erased = await here.owner.post('/v1/erasures', { email: 'nobody@example.com' });
  const hold = await here.owner.post('/v1/legal-holds', { reason: 'Case 1', action_id });
  const ids = {
    webhook_id: webhook.webhook_id,
    delivery_id: formatId('delivery', delivery.id),
    erasure_id: erased.body.erasure.erasure_id,
    hold_id: hold.body.legal_hold.hold_id,
    gateway_id: gateway.gateway_id,
    mcp_identity_id: formatId('identity', served),
    unknown_action_id: unknown.action_id,
    rejected_action_id: rejected.action_id,
    held_action_id: held.action_id,
    reviewer_id: user_id,
    view_id: view.body.view.view_id,
    session_id: formatId('session', session.id),
    link_token: await createSignInLink(api.world.db, ownerId),
    pa_id: uuidOf(waiting.action_id),
    batch_id: waiting.batch_id ?? '',
    unused_contact_id: unused.body.contact.contact_id,
    unused_identity_id: await here.identity('internal'),
    company_id,
    task_id,
    name,
    action_id,
    agent_id: await here.agentId('idle'),
    run_id: run.run_id,
    action_index: '0',
    contact_id,
    identity_id: here.identityId,
    key_id: key.body.api_key.key_id,
    user_id: member.user_id,
    invitation_id: invited.body.invitation.invitation_id,
    secret: invited.body.secret ?? '',
  };
  return { ...here, ids };
}

/** What a verb needs: nothing open uses it, it is held, its outcome is unknown, or it has ended. */
const UNUSED: Record<string, string> = {
  deleteContact: 'unused_contact_id',
  deleteIdentity: 'unused_identity_id',
  recallAction: 'held_action_id',
  confirmOutcome: 'unknown_action_id',
  proposeAgain: 'rejected_action_id',
};

/** The route's address with the ids of that workspace. */
export const addressOf = ({ path, operationId }: Route, { ids }: SeededWorkspace): string =>
  path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const id = ids[UNUSED[operationId] ?? name];
    if (!id) throw new Error(`seed the workspace with a ${name} for ${path}`);
    return id;
  });
