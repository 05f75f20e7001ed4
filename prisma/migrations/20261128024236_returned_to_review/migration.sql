-- A rename: processes of the version before cannot claim on this database.
ALTER TABLE "actions" RENAME COLUMN "cleared_as" TO "status_before_run";

UPDATE "action_events" SET "event" = 'action.returned_to_review' WHERE "event" = 'action.regated';
