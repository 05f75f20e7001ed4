-- CreateIndex
CREATE INDEX "actions_workspace_id_type_created_at_id_idx" ON "actions"("workspace_id", "type", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "actions_workspace_id_identity_id_created_at_id_idx" ON "actions"("workspace_id", "identity_id", "created_at" DESC, "id" DESC);

-- by hand: what the Prisma schema cannot say

-- Most actions have none of these: they cost an insert nothing where they are absent.
CREATE INDEX "actions_status_reason" ON "actions" (workspace_id, status_reason, created_at DESC, id DESC) WHERE status_reason IS NOT NULL;
CREATE INDEX "actions_list" ON "actions" (workspace_id, list_id, created_at DESC, id DESC) WHERE list_id IS NOT NULL;
CREATE INDEX "actions_item" ON "actions" (workspace_id, item_id, created_at DESC, id DESC) WHERE item_id IS NOT NULL;
CREATE INDEX "actions_contact" ON "actions" (workspace_id, contact_id, created_at DESC, id DESC) WHERE contact_id IS NOT NULL;
CREATE INDEX "actions_company" ON "actions" (workspace_id, company_id, created_at DESC, id DESC) WHERE company_id IS NOT NULL;
CREATE INDEX "actions_agent" ON "actions" (workspace_id, agent_id, created_at DESC, id DESC) WHERE agent_id IS NOT NULL;
CREATE INDEX "actions_run" ON "actions" (workspace_id, run_id, created_at DESC, id DESC) WHERE run_id IS NOT NULL;
