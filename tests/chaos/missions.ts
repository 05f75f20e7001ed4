// Batches: what a mission proposed is decided in one request, and the reply says how many, but not which.
import { randomUUID } from 'node:crypto';
import type { BatchApproveReply } from '@proviso/contracts';
import type { BatchRecord, ClientRecord } from '@proviso/testing';
import { list, propose, ROOT, effectiveParams, type Mission } from './pending-actions.ts';
import { editedText } from './proposals.ts';
import type { Scene } from './v1.ts';

const CALLS = 5;

/** A mission proposes several calls of one tool, and two people decide its batch at the same time. */
export async function runMission(scene: Scene): Promise<void> {
  const { random, tenants } = scene;
  const toolName = random.pick(['chaos_post', 'chaos_call']);
  const mission = { tenant: random.pick(tenants), missionId: randomUUID(), toolName };
  await Promise.all(Array.from({ length: CALLS }, () => propose(scene, mission)));
  await Promise.all(mission.tenant.tokens.map((token) => decideBatch(scene, mission, token)));
}

/** Approves, edits and rejects what the batch shows as pending, and leaves some of it. */
async function decideBatch(scene: Scene, { tenant, missionId, toolName }: Mission, token: string): Promise<void> {
  const { client, random } = scene;
  const batch_id = `${missionId}:${toolName}`;
  const shown = await list(scene, { tenant, token, query: { batch_id, status: 'pending' } });
  const key = randomUUID();
  const asked = shown
    .filter(() => random.chance(0.9))
    .map((seen) => {
      const verb = random.pick(['approve', 'edit', 'edit', 'reject'] as const);
      return { seen, verb, ...(verb === 'edit' && { edits: editedText(toolName) }) };
    });
  const items = asked.map(({ seen, verb, edits }): ClientRecord => ({
    workspace: tenant.workspace,
    request: `${key} ${seen.id}`,
    verb,
    action: seen.id,
    sent: edits ? { edits } : {},
    saw: effectiveParams(seen),
    told: null,
  }));
  const batch: BatchRecord = { request: key, items, told: null };
  client.records.push(...items);
  client.batches.push(batch);
  const body = {
    items: asked.map(({ seen, verb, edits }) => ({
      pendingActionId: seen.id,
      paramsHash: seen.paramsHash,
      ...(edits && { userEdits: edits }),
      ...(verb === 'reject' && { exclude: true }),
    })),
  };
  const address = `${ROOT}/batch/${encodeURIComponent(batch_id)}/approve`;
  const reply = await client.send({ tenant, token, address, key, body });
  if (reply) batch.told = reply as unknown as BatchApproveReply;
}
