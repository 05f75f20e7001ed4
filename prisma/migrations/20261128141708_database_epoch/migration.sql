-- CreateTable
CREATE TABLE "database_epoch" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "incarnation" UUID,
    "counter" INTEGER NOT NULL DEFAULT 0,
    "advanced_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "location" TEXT,
    "held_since" TIMESTAMPTZ(6),
    "held_reason" TEXT,
    "lost_until" TIMESTAMPTZ(6),

    CONSTRAINT "database_epoch_pkey" PRIMARY KEY ("id")
);

ALTER TABLE "database_epoch" ADD CONSTRAINT "database_epoch_one_row" CHECK ("id" = 1);
ALTER TABLE "database_epoch" ADD CONSTRAINT "database_epoch_held" CHECK (
    ("held_since" IS NULL) = ("held_reason" IS NULL)
    AND ("held_reason" IS NULL OR "held_reason" IN ('behind', 'moved', 'superseded', 'operator'))
);
INSERT INTO "database_epoch" DEFAULT VALUES;
