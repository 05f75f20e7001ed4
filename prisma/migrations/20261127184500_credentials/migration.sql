-- Credentials of three kinds, and invitations. A key used to belong to a user, whoever had made it.

-- An address identifies nobody across the instance.
DROP INDEX "users_email_key";

CREATE TABLE "invitations" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "role" TEXT NOT NULL CHECK ("role" IN ('owner', 'admin', 'reviewer', 'viewer')),
    "lookup" TEXT NOT NULL,
    "secret_hash" TEXT NOT NULL,
    "made_by_person_id" UUID NOT NULL,
    "created_by" JSONB NOT NULL,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,
    "accepted_at" TIMESTAMPTZ(6),
    "accepted_by" UUID,
    "revoked_at" TIMESTAMPTZ(6),
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "invitations_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "invitations_secret_hash_key" ON "invitations"("secret_hash");
CREATE INDEX "invitations_workspace_id_idx" ON "invitations"("workspace_id");
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_made_by_person_id_fkey" FOREIGN KEY ("made_by_person_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE "api_keys" DROP CONSTRAINT "api_keys_user_id_fkey",
ADD COLUMN "kind" TEXT,
ADD COLUMN "person_id" UUID,
ADD COLUMN "home_workspace_id" UUID,
ADD COLUMN "role" TEXT,
ADD COLUMN "decides" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN "made_by_person_id" UUID,
ADD COLUMN "made_by_key_id" UUID,
ADD COLUMN "created_by" JSONB;

-- Nobody can tell who made a personal token. One of a person in a single workspace becomes a key of that workspace; one that
-- reaches several, or none, is revoked, bound to the oldest membership that is left for the record.
UPDATE "api_keys" k SET "revoked_at" = COALESCE(k."revoked_at", clock_timestamp())
WHERE k."workspace_id" IS NULL AND (SELECT count(*) FROM "members" m WHERE m."user_id" = k."user_id") <> 1;
UPDATE "api_keys" k SET "workspace_id" = (
  SELECT m."workspace_id" FROM "members" m WHERE m."user_id" = k."user_id" ORDER BY m."created_at", m."workspace_id" LIMIT 1
) WHERE k."workspace_id" IS NULL;
DELETE FROM "api_keys" WHERE "workspace_id" IS NULL;

-- No key speaks as a person any more. What it may do stays the lesser of its role and that of the member it was made for.
UPDATE "api_keys" k SET
  "kind" = CASE WHEN k."agent_id" IS NULL THEN 'workspace' ELSE 'agent' END,
  "role" = COALESCE((SELECT CASE m."role" WHEN 'owner' THEN 'admin' ELSE m."role" END FROM "members" m
    WHERE m."user_id" = k."user_id" AND m."workspace_id" = k."workspace_id"), 'viewer'),
  "made_by_person_id" = k."user_id",
  "created_by" = jsonb_build_object('kind', 'system', 'id', 'migration', 'name', 'Before credentials had makers');
UPDATE "api_keys" SET "decides" = "kind" = 'workspace' AND "role" IN ('admin', 'reviewer');

ALTER TABLE "api_keys" ALTER COLUMN "kind" SET NOT NULL, ALTER COLUMN "created_by" SET NOT NULL, DROP COLUMN "user_id";
ALTER TABLE "api_keys"
ADD CONSTRAINT "api_keys_kind_check" CHECK ("kind" IN ('personal', 'workspace', 'agent')),
ADD CONSTRAINT "api_keys_personal_check" CHECK (
  ("kind" = 'personal') = ("person_id" IS NOT NULL) AND ("kind" = 'personal') = ("workspace_id" IS NULL)
  AND ("kind" = 'personal') = ("home_workspace_id" IS NOT NULL) AND ("kind" = 'personal') = ("role" IS NULL)
  AND ("kind" = 'personal') = ("made_by_person_id" IS NULL)),
-- The agent of a revoked key may be gone.
ADD CONSTRAINT "api_keys_agent_check" CHECK (
  ("kind" = 'agent' OR "agent_id" IS NULL) AND ("kind" <> 'agent' OR "agent_id" IS NOT NULL OR "revoked_at" IS NOT NULL)),
ADD CONSTRAINT "api_keys_role_check" CHECK ("role" IN ('admin', 'reviewer', 'viewer')),
ADD CONSTRAINT "api_keys_decides_check" CHECK (NOT "decides" OR "kind" = 'workspace');
CREATE INDEX "api_keys_person_id_idx" ON "api_keys"("person_id");
CREATE INDEX "api_keys_made_by_key_id_idx" ON "api_keys"("made_by_key_id");
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_made_by_person_id_fkey" FOREIGN KEY ("made_by_person_id") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;
