-- AlterTable
ALTER TABLE "actions" ADD COLUMN     "again_of" UUID;

-- An action is proposed again once: of two calls at the same time, one creates the action and the other finds it.
CREATE UNIQUE INDEX "actions_again_of" ON "actions" ("again_of") WHERE "again_of" IS NOT NULL;
