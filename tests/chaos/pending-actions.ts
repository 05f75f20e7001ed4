// Requests of people to /api/pending-actions: they read, and decide what they were shown. Records use the words of /v1.
import { randomUUID } from 'node:crypto';
import type { JsonObject, ListPendingActionsReply, PendingAction, PendingStatus } from '@proviso/contracts';
import type { Asking, Known, Tenant } from './client.ts';
import { proposed, editedText, soon } from './proposals.ts';
import type { Scene } from './v1.ts';

export const ROOT = '/api/pending-actions';

const read = (reply: JsonObject) => {
  const { id, status } = reply as unknown as PendingAction;
  return { action: id, told: { version: null, shown: status } };
};
/** Reads from the reply to an approval what was cleared. */
const readCleared = (reply: JsonObject) => {
  const { action, told } = read(reply);
  return { action, told: { ...told, hash: reply.paramsHash as string } };
};

/** What would run if it were approved as shown. */
export const effectiveParams = ({ toolInput, userEdits }: PendingAction): JsonObject => ({
  ...toolInput,
  ...userEdits,
});

/** The mission that proposes several calls of one tool. */
export interface Mission {
  tenant: Tenant;
  missionId: string;
  toolName: string;
}

/** Proposes one call, in a mission or outside one. */
export async function propose({ client, random, tenants }: Scene, mission?: Mission): Promise<void> {
  const { tenant = random.pick(tenants), missionId, toolName } = mission ?? {};
  const key = randomUUID();
  const metadata = { request: key };
  const { type, params, identity_id } = toolName
    ? { type: toolName, params: { text: `text ${randomUUID()}` }, identity_id: tenant.identity }
    : proposed(tenant, random);
  const body = {
    workspaceId: tenant.workspace,
    toolName: type,
    toolInput: random.chance(0.5) ? params : { ...params, workspace_id: tenant.workspace },
    metadata,
    ...(missionId && { missionId }),
    ...(random.chance(0.5) && { identityId: identity_id }), // otherwise the service chooses the one that fits
    ...(random.chance(0.2) && { scheduledTime: soon(random) }),
  };
  const sent = { type, params, require_approval: true, metadata };
  const reply = await client.ask({ verb: 'create', tenant, address: ROOT, key, body, sent, submits: true, read });
  if (reply) client.known.push({ tenant, id: reply.id as string, type, params });
}

const about = (
  { client }: Scene,
  action: Known,
  path: string,
  more: Pick<Asking, 'verb'> & Partial<Pick<Asking, 'method' | 'body' | 'sent' | 'saw' | 'token' | 'read'>>,
) => client.ask({ tenant: action.tenant, address: `${ROOT}/${action.id}${path}`, action, read, ...more });

export const look = (scene: Scene, action: Known, token?: string) =>
  about(scene, action, '', { verb: 'read', method: 'GET', token }) as Promise<PendingAction | null>;

export const reject = (scene: Scene, action: Known) => about(scene, action, '/reject', { verb: 'reject' });

/** Reads the action, and approves or edits what is shown. */
export async function decide(scene: Scene, action: Known, token?: string): Promise<void> {
  const seen = await look(scene, action, token);
  if (seen?.status !== 'pending') return;
  const edits = scene.random.chance(0.3) ? editedText(seen.toolName) : undefined;
  await about(scene, action, '/approve', {
    verb: edits ? 'edit' : 'approve',
    body: { paramsHash: seen.paramsHash, ...(edits && { userEdits: edits }) },
    sent: edits ? { edits } : {},
    saw: effectiveParams(seen),
    token,
    read: readCleared,
  });
}

/** Approves without reading. */
export const approve = (scene: Scene, action: Known) =>
  about(scene, action, '/approve', { verb: 'approve', saw: action.params, read: readCleared });

interface Listing {
  /** Who sends it; in their own workspace by default. */
  tenant: Tenant;
  token?: string;
  query?: { workspace_id?: string; batch_id?: string; status?: PendingStatus };
}

/** Lists what waits or has ever waited; each item counts as a separate reply. */
export async function list({ client }: Scene, { tenant, token, query }: Listing): Promise<PendingAction[]> {
  const { workspace } = tenant;
  const key = randomUUID();
  const search = new URLSearchParams({ workspace_id: workspace, limit: '20', ...query });
  const reply = await client.send({ tenant, token, method: 'GET', address: `${ROOT}?${search.toString()}`, key });
  const { items } = (reply ?? { items: [] }) as unknown as ListPendingActionsReply;
  for (const item of items) {
    const told = { version: null, shown: item.status };
    client.records.push({ workspace, request: `${key} ${item.id}`, verb: 'read', action: item.id, sent: {}, told });
  }
  return items;
}
