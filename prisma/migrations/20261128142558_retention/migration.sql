-- AlterTable
ALTER TABLE "actions" ADD COLUMN "redaction" JSONB;

-- CreateTable
CREATE TABLE "legal_holds" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "action_id" UUID,
    "run_id" UUID,
    "mission_id" UUID,
    "reason" TEXT NOT NULL,
    "created_by" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "released_at" TIMESTAMPTZ(6),
    "released_by" JSONB,

    CONSTRAINT "legal_holds_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "legal_holds_workspace_id_created_at_id_idx" ON "legal_holds"("workspace_id", "created_at" DESC, "id" DESC);

-- AddForeignKey
ALTER TABLE "legal_holds" ADD CONSTRAINT "legal_holds_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- A hold covers one thing, or the whole workspace.
ALTER TABLE "legal_holds" ADD CONSTRAINT "legal_holds_scope" CHECK (num_nonnulls("action_id", "run_id", "mission_id") <= 1);
CREATE INDEX "legal_holds_in_force" ON "legal_holds" ("workspace_id") WHERE "released_at" IS NULL;

-- An ended action is in one of the two: retention reads either from its oldest end.
CREATE INDEX "actions_unredacted" ON "actions" ("workspace_id", "completed_at", "id")
    WHERE "completed_at" IS NOT NULL AND "redaction" IS NULL;
CREATE INDEX "actions_redacted" ON "actions" ("workspace_id", "completed_at", "id")
    WHERE "completed_at" IS NOT NULL AND "redaction" IS NOT NULL;
