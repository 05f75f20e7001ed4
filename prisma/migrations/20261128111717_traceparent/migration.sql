-- AlterTable
ALTER TABLE "actions" ADD COLUMN     "traceparent" TEXT;
