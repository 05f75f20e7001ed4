-- AlterTable
ALTER TABLE "action_events" ADD COLUMN     "number" BIGSERIAL NOT NULL,
ADD COLUMN     "transaction_id" xid8 NOT NULL DEFAULT pg_current_xact_id();

-- CreateIndex
CREATE INDEX "action_events_transaction_id_number_idx" ON "action_events"("transaction_id", "number");
