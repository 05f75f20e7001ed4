-- CreateTable
CREATE TABLE "workspace_exports" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "created_by" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "completed_at" TIMESTAMPTZ(6),
    "counts" JSONB,

    CONSTRAINT "workspace_exports_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "workspace_exports_workspace_id_created_at_id_idx" ON "workspace_exports"("workspace_id", "created_at" DESC, "id" DESC);

-- AddForeignKey
ALTER TABLE "workspace_exports" ADD CONSTRAINT "workspace_exports_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
