-- CreateTable
CREATE TABLE "gateways" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "gateways_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "gateway_servers" (
    "gateway_id" UUID NOT NULL,
    "identity_id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "prefix" TEXT NOT NULL,
    "listed_at" TIMESTAMPTZ(6),
    "asked_at" TIMESTAMPTZ(6),
    "failure" TEXT,

    CONSTRAINT "gateway_servers_pkey" PRIMARY KEY ("gateway_id","identity_id")
);

-- CreateTable
CREATE TABLE "gateway_agents" (
    "gateway_id" UUID NOT NULL,
    "agent_id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,

    CONSTRAINT "gateway_agents_pkey" PRIMARY KEY ("gateway_id","agent_id")
);

-- CreateTable
CREATE TABLE "gateway_tools" (
    "gateway_id" UUID NOT NULL,
    "identity_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "workspace_id" UUID NOT NULL,
    "access" TEXT NOT NULL DEFAULT 'write',
    "definition" JSONB NOT NULL,
    "definition_hash" TEXT NOT NULL,
    "semantics" JSONB NOT NULL,
    "semantics_hash" TEXT NOT NULL,
    "reviewed_definition" JSONB,
    "reviewed_semantics_hash" TEXT,
    "reviewed_by" JSONB,
    "reviewed_at" TIMESTAMPTZ(6),
    "removed_at" TIMESTAMPTZ(6),
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "gateway_tools_pkey" PRIMARY KEY ("gateway_id","identity_id","name")
);

-- CreateTable
CREATE TABLE "gateway_calls" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "gateway_id" UUID NOT NULL,
    "agent_id" UUID NOT NULL,
    "call_hash" TEXT NOT NULL,
    "generation" INTEGER NOT NULL DEFAULT 1,
    "action_id" UUID,
    "told_at" TIMESTAMPTZ(6),
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "gateway_calls_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "gateway_reads" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "gateway_id" UUID NOT NULL,
    "agent_id" UUID NOT NULL,
    "identity_id" UUID NOT NULL,
    "method" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "arguments_hash" TEXT NOT NULL,
    "outcome" TEXT NOT NULL,
    "message" TEXT,
    "duration_ms" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "gateway_reads_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "gateways_workspace_id_created_at_idx" ON "gateways"("workspace_id", "created_at");

-- CreateIndex
CREATE INDEX "gateway_servers_identity_id_idx" ON "gateway_servers"("identity_id");

-- CreateIndex
CREATE UNIQUE INDEX "gateway_servers_gateway_id_prefix_key" ON "gateway_servers"("gateway_id", "prefix");

-- CreateIndex
CREATE INDEX "gateway_agents_agent_id_idx" ON "gateway_agents"("agent_id");

-- CreateIndex
CREATE INDEX "gateway_calls_action_id_idx" ON "gateway_calls"("action_id");

-- CreateIndex
CREATE UNIQUE INDEX "gateway_calls_gateway_id_agent_id_call_hash_key" ON "gateway_calls"("gateway_id", "agent_id", "call_hash");

-- CreateIndex
CREATE INDEX "gateway_reads_gateway_id_created_at_id_idx" ON "gateway_reads"("gateway_id", "created_at" DESC, "id" DESC);

-- AddForeignKey
ALTER TABLE "gateways" ADD CONSTRAINT "gateways_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "gateway_servers" ADD CONSTRAINT "gateway_servers_gateway_id_fkey" FOREIGN KEY ("gateway_id") REFERENCES "gateways"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "gateway_servers" ADD CONSTRAINT "gateway_servers_identity_id_fkey" FOREIGN KEY ("identity_id") REFERENCES "identities"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "gateway_agents" ADD CONSTRAINT "gateway_agents_gateway_id_fkey" FOREIGN KEY ("gateway_id") REFERENCES "gateways"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "gateway_agents" ADD CONSTRAINT "gateway_agents_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "agents"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "gateway_tools" ADD CONSTRAINT "gateway_tools_gateway_id_identity_id_fkey" FOREIGN KEY ("gateway_id", "identity_id") REFERENCES "gateway_servers"("gateway_id", "identity_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "gateway_calls" ADD CONSTRAINT "gateway_calls_gateway_id_fkey" FOREIGN KEY ("gateway_id") REFERENCES "gateways"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "gateway_reads" ADD CONSTRAINT "gateway_reads_gateway_id_fkey" FOREIGN KEY ("gateway_id") REFERENCES "gateways"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddCheck
ALTER TABLE "gateway_tools" ADD CONSTRAINT "gateway_tools_access_check" CHECK ("access" IN ('read', 'write', 'denied'));

-- AddCheck: reviewed parts are written together
ALTER TABLE "gateway_tools" ADD CONSTRAINT "gateway_tools_reviewed_check"
    CHECK (("reviewed_definition" IS NULL) = ("reviewed_semantics_hash" IS NULL)
       AND ("reviewed_definition" IS NULL) = ("reviewed_by" IS NULL)
       AND ("reviewed_definition" IS NULL) = ("reviewed_at" IS NULL));
