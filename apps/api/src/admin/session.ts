// Until there are sessions: a key with instance:operate is taken once, by POST, and answered with a cookie that proves
// it for a while. The cookie is signed with the key's stored hash, so that it dies with the key.
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Database } from '@proviso/core';

export const COOKIE = 'proviso_operator';
const LIFETIME_MS = 8 * 3_600_000;

const sign = (tokenHash: string, claim: string): string =>
  createHmac('sha256', tokenHash).update(claim).digest('base64url');

const OPERATOR = {
  name: 'operator_find',
  text: `
    select k.id, k.token_hash from api_keys k
    join members m on m.user_id = k.user_id and m.workspace_id = k.workspace_id and m.role in ('owner', 'admin')
    where (k.id = $1::uuid or k.token_hash = $2) and 'instance:operate' = any(k.scopes) and k.agent_id is null
      and k.revoked_at is null and (k.expires_at is null or k.expires_at > statement_timestamp())`,
};

/** The operator's key of an id or a token's hash, if it still is one: rights = role ∩ scopes, as on /v1. */
async function findOperator(db: Database, by: { id?: string; tokenHash?: string }) {
  const [operator] = await db.query<{ id: string; token_hash: string }>(OPERATOR, [
    by.id ?? null,
    by.tokenHash ?? null,
  ]);
  return operator;
}

/** The cookie's value for a token; undefined = not an operator's. */
export async function openSession(db: Database, tokenHash: string): Promise<string | undefined> {
  const operator = await findOperator(db, { tokenHash });
  if (!operator) return undefined;
  const claim = `${operator.id}.${Date.now() + LIFETIME_MS}`;
  return `${claim}.${sign(operator.token_hash, claim)}`;
}

/** Whether a Cookie header holds a good session. */
export async function isOperator(db: Database, cookies: string | undefined): Promise<boolean> {
  const value = cookies
    ?.split(/;\s*/)
    .find((pair) => pair.startsWith(`${COOKIE}=`))
    ?.slice(COOKIE.length + 1);
  const [, id = '', until = '', signature = ''] =
    /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.(\d+)\.([\w-]+)$/.exec(value ?? '') ?? [];
  if (!id || Number(until) < Date.now()) return false;
  const operator = await findOperator(db, { id });
  if (!operator) return false;
  const expected = Buffer.from(sign(operator.token_hash, `${id}.${until}`));
  const given = Buffer.from(signature);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

export const cookieOptions = (secure: boolean) =>
  ({ httpOnly: true, sameSite: 'strict', path: '/admin', maxAge: LIFETIME_MS, secure }) as const;
