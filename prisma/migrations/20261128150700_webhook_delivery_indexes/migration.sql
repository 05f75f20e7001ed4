-- A claim looks for other deliveries of the same action: by the action, whatever the planner knows of the table.
-- DropIndex
DROP INDEX "webhook_deliveries_webhook_id_action_id_version_key";

-- CreateIndex
CREATE UNIQUE INDEX "webhook_deliveries_action_id_version_webhook_id_key" ON "webhook_deliveries"("action_id", "version", "webhook_id");

-- The one by due_at serves what it did.
DROP INDEX "webhook_deliveries_pending_created_at_idx";
