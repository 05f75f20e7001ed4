-- Only what the Prisma schema cannot say.

CREATE UNIQUE INDEX "identity_slots_reserved" ON "identity_slots" (action_id) WHERE NOT started;
CREATE INDEX "identity_slots_started" ON "identity_slots" (identity_id, at DESC) WHERE started;

-- Gives an action its time to start through an identity: in no span more starts than its cap. One caller at a time for an
-- identity (the row's lock), and each query below sees what the one before committed. Who has no slot goes behind the line of
-- reserved ones; who comes to its slot starts as far as real starts allow, and goes behind the line when it came too late.
-- A start that is nearer than `patience_ms` counts at once, and the caller waits for it.
CREATE FUNCTION take_slot(ident uuid, act uuid, spans_ms float8[], caps int[], patience_ms int)
RETURNS TABLE (started boolean, wait_ms float8)
LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
  held timestamptz;
  mine timestamptz;
  now_at timestamptz;
  start_at timestamptz;
  line_at timestamptz;
  turn_at timestamptz;
  starts boolean;
BEGIN
  SELECT i.not_before INTO held FROM identities i WHERE i.id = ident FOR NO KEY UPDATE;
  SELECT s.at INTO mine FROM identity_slots s WHERE s.action_id = act AND NOT s.started AND s.identity_id = ident;
  now_at := clock_timestamp();
  start_at := greatest(now_at, held);
  line_at := start_at;
  FOR n IN 1 .. cardinality(caps) LOOP
    start_at := greatest(start_at, spans_ms[n] * interval '1 ms' + (
      SELECT s.at FROM identity_slots s WHERE s.identity_id = ident AND s.started
      ORDER BY s.at DESC OFFSET caps[n] - 1 LIMIT 1));
    line_at := greatest(line_at, spans_ms[n] * interval '1 ms' + (
      SELECT s.at FROM identity_slots s WHERE s.identity_id = ident AND (s.started OR s.action_id <> act)
      ORDER BY s.at DESC OFFSET caps[n] - 1 LIMIT 1));
  END LOOP;
  line_at := greatest(line_at, start_at);
  turn_at := CASE WHEN mine IS NULL THEN line_at ELSE greatest(start_at, mine) END;
  starts := turn_at <= now_at + patience_ms * interval '1 ms';
  IF NOT starts AND (mine IS NULL OR mine <= now_at) THEN turn_at := line_at; END IF;
  IF cardinality(caps) > 0 THEN
    DELETE FROM identity_slots s WHERE s.action_id = act AND NOT s.started;
    INSERT INTO identity_slots (identity_id, action_id, at, started) VALUES (ident, act, turn_at, starts)
    ON CONFLICT DO NOTHING;
    DELETE FROM identity_slots s WHERE s.identity_id = ident
      AND s.at < now_at - interval '1 minute' - (SELECT max(span) FROM unnest(spans_ms) span) * interval '1 ms';
  END IF;
  RETURN QUERY SELECT starts, greatest(0, extract(epoch FROM turn_at - now_at) * 1000)::float8;
END
$$;
