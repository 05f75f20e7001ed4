-- AlterTable
ALTER TABLE "actions" ADD COLUMN     "assignee" JSONB;

-- CreateTable
CREATE TABLE "readers" (
    "workspace_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "action_id" UUID NOT NULL,
    "seen_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "readers_pkey" PRIMARY KEY ("workspace_id","user_id")
);

-- CreateTable
CREATE TABLE "snoozes" (
    "workspace_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "action_id" UUID NOT NULL,
    "action_version" INTEGER NOT NULL,
    "until" TIMESTAMPTZ(6),

    CONSTRAINT "snoozes_pkey" PRIMARY KEY ("workspace_id","user_id","action_id")
);

-- CreateIndex
CREATE INDEX "readers_action_id_idx" ON "readers"("action_id");

-- CreateIndex
CREATE INDEX "snoozes_action_id_idx" ON "snoozes"("action_id");

-- AddForeignKey
ALTER TABLE "readers" ADD CONSTRAINT "readers_workspace_id_user_id_fkey" FOREIGN KEY ("workspace_id", "user_id") REFERENCES "members"("workspace_id", "user_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "snoozes" ADD CONSTRAINT "snoozes_workspace_id_user_id_fkey" FOREIGN KEY ("workspace_id", "user_id") REFERENCES "members"("workspace_id", "user_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "snoozes" ADD CONSTRAINT "snoozes_action_id_fkey" FOREIGN KEY ("action_id") REFERENCES "actions"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
