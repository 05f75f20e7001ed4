-- AlterTable
ALTER TABLE "actions" ADD COLUMN     "asked_at" TIMESTAMPTZ(6);

-- by hand: what the Prisma schema cannot say

UPDATE "actions" a SET asked_at = e.at
FROM (SELECT action_id, min(at) AS at FROM "action_events" WHERE status = 'pending_approval' GROUP BY action_id) e
WHERE e.action_id = a.id;

ALTER TABLE "actions" ADD CONSTRAINT "actions_asked" CHECK (status <> 'pending_approval' OR asked_at IS NOT NULL);

-- The lists of /api/pending-actions. What never waited for a person costs an insert nothing.
CREATE INDEX "actions_asked_created" ON "actions" (workspace_id, created_at DESC, id DESC) WHERE asked_at IS NOT NULL;
CREATE INDEX "actions_asked_status" ON "actions" (workspace_id, status, created_at DESC, id DESC) WHERE asked_at IS NOT NULL;
CREATE INDEX "actions_asked_batch" ON "actions" (batch_id, workspace_id, created_at DESC, id DESC) WHERE asked_at IS NOT NULL AND batch_id IS NOT NULL;
CREATE INDEX "actions_asked_mission" ON "actions" (workspace_id, mission_id, created_at DESC, id DESC) WHERE asked_at IS NOT NULL AND mission_id IS NOT NULL;
CREATE INDEX "actions_asked_session" ON "actions" (workspace_id, session_id, created_at DESC, id DESC) WHERE asked_at IS NOT NULL AND session_id IS NOT NULL;
