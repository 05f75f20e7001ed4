import { noBody, type Reader } from '@proviso/contracts';
import { authorizeReviewing, type Context } from '../access/context.ts';
import { inTransactionOnce } from '../platform/idempotency.ts';
import { formatId } from '../platform/ids.ts';
import { statement } from '../platform/statement.ts';
import { getActionInWorkspace } from './get.ts';

/** A page reports every five seconds; one that has missed two reports is gone. */
const READING_SECONDS = 12;
const READERS_MAX = 20;

/** A removed member writes nothing. */
const REPORT = statement<{ workspace: string; member: string; action: string }>(
  'reader_report',
  `
    insert into readers (workspace_id, user_id, action_id, seen_at)
    select workspace_id, user_id, :action::uuid, clock_timestamp() from members
    where workspace_id = :workspace::uuid and user_id = :member::uuid
    on conflict (workspace_id, user_id) do update set action_id = excluded.action_id, seen_at = excluded.seen_at`,
);

interface ReaderRow {
  user_id: string;
  name: string;
  seen_at: Date;
}

const OTHERS = statement<{ action: string; member: string }, ReaderRow>(
  'readers_others',
  `
    select r.user_id, u.name, r.seen_at from readers r join users u on u.id = r.user_id
    where r.action_id = :action::uuid and r.user_id <> :member::uuid
      and r.seen_at > clock_timestamp() - ${READING_SECONDS} * interval '1 s'
    order by u.name, r.user_id limit ${READERS_MAX}`,
);

/** Records that the caller is reading the action, and returns who else is. It locks nothing. */
export async function reportReading(ctx: Context, id: string, input: unknown): Promise<{ readers: Reader[] }> {
  const person = authorizeReviewing(ctx);
  noBody.parse(input);
  const action = await getActionInWorkspace(ctx, id);
  return inTransactionOnce(ctx.db, ctx.idempotency, async (tx) => {
    await tx.query(REPORT, { workspace: action.workspace_id, member: person.id, action: action.id });
    const rows = await tx.query(OTHERS, { action: action.id, member: person.id });
    return {
      readers: rows.map(({ user_id, name, seen_at }) => ({
        user_id: formatId('user', user_id),
        name,
        seen_at: seen_at.toISOString(),
      })),
    };
  });
}
