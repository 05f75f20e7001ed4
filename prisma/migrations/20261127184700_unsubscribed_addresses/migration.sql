-- An unsubscription belongs to the address, and not to the contact that has it at the time.
CREATE TABLE "unsubscribed_addresses" (
    "workspace_id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "by" JSONB NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "unsubscribed_addresses_pkey" PRIMARY KEY ("workspace_id","email")
);
ALTER TABLE "unsubscribed_addresses" ADD CONSTRAINT "unsubscribed_addresses_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

INSERT INTO "unsubscribed_addresses" ("workspace_id", "email", "by", "at")
SELECT "workspace_id", "email", '{"kind": "system", "id": "migration", "name": "Recorded on the contact"}', "unsubscribed_at"
FROM "contacts" WHERE "unsubscribed_at" IS NOT NULL;
