-- AlterTable
ALTER TABLE "workspaces" ADD COLUMN     "settings" JSONB NOT NULL DEFAULT '{}';
