-- The planner reads the index of words whatever it expects, also in a plan that was made when the table was empty. The
-- function is not inlined any more, so that its cost counts; and no other index has the form of the condition.
CREATE OR REPLACE FUNCTION action_words(workspace_id UUID, preview JSONB, params JSONB, description TEXT, created_by JSONB, type TEXT) RETURNS TSVECTOR
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 100000 AS $$
BEGIN
  RETURN to_tsvector('pg_catalog.simple'::regconfig, translate(
    replace(replace(replace(
      'w' || replace(workspace_id::text, '-', '') || ' ' || coalesce(left(preview::text, 32768), '') || ' ' || coalesce(left(params::text, 32768), '') || ' '
        || coalesce(description, '') || ' ' || coalesce(created_by->>'name', '') || ' ' || type,
      '\n', ' '), '\r', ' '), '\t', ' '),
    $p$!"#$%&'()*+,-./:;<=>?@[\]^_`{|}~$p$, repeat(' ', 32)));
END $$;

DROP INDEX "actions_waiting_words_idx";
CREATE INDEX "actions_waiting_words_idx" ON "actions" USING gin (
  action_words(workspace_id, preview, params, description, created_by, type))
  WHERE (status || '') = 'pending_approval';
