-- AlterTable
ALTER TABLE "email_messages" ADD COLUMN     "recorded_at" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),
ALTER COLUMN "at" SET DEFAULT clock_timestamp();

-- What is here already was known when it was approved.
UPDATE "email_messages" SET "recorded_at" = LEAST("at", clock_timestamp());
