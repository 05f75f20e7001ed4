-- AlterTable
ALTER TABLE "invitations" ADD COLUMN     "made_by_key_id" UUID;

-- CreateIndex
CREATE INDEX "invitations_made_by_key_id_idx" ON "invitations"("made_by_key_id");
