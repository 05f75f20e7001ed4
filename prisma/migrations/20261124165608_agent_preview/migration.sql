-- AlterTable
ALTER TABLE "actions" ADD COLUMN     "agent_preview" JSONB;
