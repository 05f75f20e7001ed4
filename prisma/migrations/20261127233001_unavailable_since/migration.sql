-- AlterTable
ALTER TABLE "actions" ADD COLUMN     "unavailable_since" TIMESTAMPTZ(6);
