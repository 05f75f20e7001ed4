-- AlterTable
ALTER TABLE "actions" ADD COLUMN     "run_contact_id" UUID;

-- CreateTable
CREATE TABLE "agent_runs" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "agent_id" UUID NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'running',
    "metadata" JSONB NOT NULL DEFAULT '{}',
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "agent_runs_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "action_counters" (
    "run_id" UUID NOT NULL,
    "contact_id" UUID NOT NULL,
    "next" INTEGER NOT NULL,

    CONSTRAINT "action_counters_pkey" PRIMARY KEY ("run_id","contact_id")
);

-- CreateIndex
CREATE INDEX "agent_runs_agent_id_created_at_idx" ON "agent_runs"("agent_id", "created_at");

-- AddForeignKey
ALTER TABLE "agent_runs" ADD CONSTRAINT "agent_runs_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "agent_runs" ADD CONSTRAINT "agent_runs_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "agents"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- by hand: what the Prisma schema cannot say

ALTER TABLE "agent_runs" ADD CONSTRAINT "agent_runs_status_check" CHECK (status IN ('running', 'completed', 'failed'));

-- One action an address, and what a run proposed.
CREATE UNIQUE INDEX "actions_run_address" ON "actions" (run_id, run_contact_id, action_index) WHERE run_id IS NOT NULL;

-- As before, and an agent that was deleted starts nothing either.
CREATE OR REPLACE FUNCTION may_start(ws uuid, agent uuid, kind text) RETURNS boolean
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(7105);
  RETURN NOT EXISTS (
    SELECT FROM pauses p
    WHERE (p.workspace_id IS NULL OR p.workspace_id = ws)
      AND (p.agent_id IS NULL OR p.agent_id = agent)
      AND (p.type IS NULL OR p.type = kind)
  ) AND (agent IS NULL OR EXISTS (SELECT FROM agents g WHERE g.id = agent AND g.enabled));
END
$$;
