import { effectiveParams, type ActionChange, type ActionRow } from './row.ts';

/**
 * Turns a reviewer's edits into a new proposal: the last preview is proposed next and must be read again before it is
 * approved. Empty without edits.
 */
export const foldEdits = (row: ActionRow): ActionChange =>
  row.user_edits
    ? {
        params: effectiveParams(row),
        original_params: row.original_params ?? row.params,
        revision: row.revision + 1,
        user_edits: null,
      }
    : {};

/** The columns of an action that returns to review: it has no decision and is not cleared. */
export const returnToReview = (row: ActionRow): ActionChange => ({
  ...foldEdits(row),
  user_edits: null,
  approval: null,
  cleared_hash: null,
  cleared_identity_version: null,
});
