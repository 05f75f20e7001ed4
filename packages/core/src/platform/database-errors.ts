// What an error of pg or Prisma means.
import pg from 'pg';

/** PostgreSQL's code (SQLSTATE) in an error of pg or Prisma, if it has one. */
export function sqlState(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { code, meta, cause } = error as {
    code?: unknown;
    meta?: { code?: unknown; driverAdapterError?: unknown };
    cause?: unknown;
  };
  if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && !code.startsWith('P2')) return code;
  if (code === 'P2002') return '23505';
  if (typeof meta?.code === 'string') return meta.code;
  return sqlState(meta?.driverAdapterError) ?? (cause === error ? undefined : sqlState(cause));
}

const CONNECTION_LOST = /^(08|57P|53300|25006|40001|40P01|P1001|P1002|P1008|P1017|P2024|P2028|ECONN|EPIPE|ETIMEDOUT)/;

/** Whether a retry may help, because the connection failed and not the statement. Only for errors of the database. */
export function isConnectionLost(error: unknown): boolean {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  return (
    CONNECTION_LOST.test(String(code)) || /timeout|terminated|ECONNREFUSED|ECONNRESET|Connection/i.test(String(message))
  );
}

/** Whether an error is the database's, with or without a code: from pg or Prisma. */
export const isDatabaseError = (error: unknown): boolean =>
  error instanceof pg.DatabaseError || (error instanceof Error && /^(?:Prisma|DriverAdapter)/.test(error.name));

export const isDuplicate = (error: unknown): boolean => sqlState(error) === '23505';
