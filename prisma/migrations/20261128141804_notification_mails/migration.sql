-- CreateTable
CREATE TABLE "notification_settings" (
    "workspace_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "digest_hour" INTEGER,
    "time_zone" TEXT NOT NULL DEFAULT 'UTC',
    "waiting_minutes" INTEGER,
    "digest_date" DATE,
    "waiting_sent_at" TIMESTAMPTZ(6),
    "waiting_through" TIMESTAMPTZ(6),
    "not_before" TIMESTAMPTZ(6),

    CONSTRAINT "notification_settings_pkey" PRIMARY KEY ("workspace_id","user_id"),
    CONSTRAINT "notification_settings_digest_hour" CHECK (digest_hour BETWEEN 0 AND 23),
    CONSTRAINT "notification_settings_waiting_minutes" CHECK (waiting_minutes > 0)
);

-- AddForeignKey
ALTER TABLE "notification_settings" ADD CONSTRAINT "notification_settings_workspace_id_user_id_fkey" FOREIGN KEY ("workspace_id", "user_id") REFERENCES "members"("workspace_id", "user_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- The id of a user as /v1 shows it (a TypeID), as the assignee of an action has it.
CREATE FUNCTION format_user_id(id UUID) RETURNS TEXT
LANGUAGE SQL IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT 'usr_' || string_agg(
    substr('0123456789abcdefghjkmnpqrstvwxyz', substr(bits, place * 5 + 1, 5)::bit(5)::int + 1, 1), '' ORDER BY place)
  FROM (SELECT '00' || ('x' || replace(id::text, '-', ''))::bit(128)::text AS bits) whole, generate_series(0, 25) place
$$;
