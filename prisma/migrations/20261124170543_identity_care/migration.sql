-- AlterTable
ALTER TABLE "identities" ADD COLUMN     "account" TEXT,
ADD COLUMN     "deleted_at" TIMESTAMPTZ(6),
ADD COLUMN     "failing_since" TIMESTAMPTZ(6),
ADD COLUMN     "failure" TEXT,
ADD COLUMN     "failures" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "not_before" TIMESTAMPTZ(6),
ADD COLUMN     "pacing" JSONB,
ADD COLUMN     "verified_at" TIMESTAMPTZ(6);

-- CreateTable
CREATE TABLE "identity_slots" (
    "identity_id" UUID NOT NULL,
    "action_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL,
    "started" BOOLEAN NOT NULL,

    CONSTRAINT "identity_slots_pkey" PRIMARY KEY ("identity_id","at","action_id")
);

-- AddForeignKey
ALTER TABLE "identity_slots" ADD CONSTRAINT "identity_slots_identity_id_fkey" FOREIGN KEY ("identity_id") REFERENCES "identities"("id") ON DELETE CASCADE ON UPDATE CASCADE;
