-- The words of an action that a person may search for, in any case: of its preview, params, description, type and
-- proposer. Punctuation separates words, so that a part of an address is a word. Of longer texts, the beginning.
-- The workspace is a word, too, so that one scan of the index is of one workspace; `list-filters.ts` asks for it.
CREATE FUNCTION action_words(workspace_id UUID, preview JSONB, params JSONB, description TEXT, created_by JSONB, type TEXT) RETURNS TSVECTOR
LANGUAGE SQL IMMUTABLE PARALLEL SAFE AS $$
  SELECT to_tsvector('pg_catalog.simple'::regconfig, translate(
    replace(replace(replace(
      'w' || replace(workspace_id::text, '-', '') || ' ' || coalesce(left(preview::text, 32768), '') || ' ' || coalesce(left(params::text, 32768), '') || ' '
        || coalesce(description, '') || ' ' || coalesce(created_by->>'name', '') || ' ' || type,
      '\n', ' '), '\r', ' '), '\t', ' '),
    $p$!"#$%&'()*+,-./:;<=>?@[\]^_`{|}~$p$, repeat(' ', 32)))
$$;

-- Only of what waits: a search of the list is a search of the waiting list, and running actions pay nothing for it.
CREATE INDEX "actions_waiting_words_idx" ON "actions" USING gin (
  action_words(workspace_id, preview, params, description, created_by, type))
  WHERE status = 'pending_approval';
