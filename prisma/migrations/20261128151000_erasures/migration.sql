-- CreateTable
CREATE TABLE "erasures" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "email" TEXT,
    "contact_id" UUID,
    "place_time" TIMESTAMPTZ(6),
    "place_id" UUID,
    "next_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "cancelled" INTEGER NOT NULL DEFAULT 0,
    "redacted" INTEGER NOT NULL DEFAULT 0,
    "records" INTEGER NOT NULL DEFAULT 0,
    "waiting" INTEGER NOT NULL DEFAULT 0,
    "created_by" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "completed_at" TIMESTAMPTZ(6),

    CONSTRAINT "erasures_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "erasures_workspace_id_created_at_id_idx" ON "erasures"("workspace_id", "created_at" DESC, "id" DESC);

-- AddForeignKey
ALTER TABLE "erasures" ADD CONSTRAINT "erasures_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- The address is kept only as long as it is needed.
ALTER TABLE "erasures" ADD CONSTRAINT "erasures_email" CHECK (("email" IS NULL) = ("completed_at" IS NOT NULL));
CREATE UNIQUE INDEX "erasures_open" ON "erasures" ("workspace_id", "email") WHERE "completed_at" IS NULL;
CREATE INDEX "erasures_next" ON "erasures" ("next_at") WHERE "completed_at" IS NULL;
