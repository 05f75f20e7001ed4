-- AlterTable
ALTER TABLE "actions" ADD COLUMN     "definition_hash" TEXT;
