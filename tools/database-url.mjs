import pg from 'pg';

/** A fault that a person can fix: its message is enough, and no stack is shown. */
export class Refusal extends Error {}

const causes = {
  ECONNREFUSED: (at) => `nothing listens at ${at.host}`,
  ENOTFOUND: (at) => `the host ${at.host} is not known`,
  EAI_AGAIN: (at) => `the host ${at.host} is not known`,
  '28P01': (at) => `the server at ${at.host} refuses the password of user "${at.user}"`,
  28000: (at) => `the server at ${at.host} refuses user "${at.user}"`,
  '3D000': (at) => `the server at ${at.host} has no database "${at.database}"`,
  '57P03': (at) => `the server at ${at.host} is starting up or shutting down`,
  53300: (at) => `the server at ${at.host} has no free connection`,
};

/** Connects to `url`, or refuses with one sentence that never contains the password. */
export async function connect(url) {
  let client;
  try {
    if (!/^postgres(ql)?:$/.test(new URL(url).protocol)) throw new Error('protocol');
    client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  } catch {
    throw new Refusal('DATABASE_URL is not a URL of the form postgresql://user:password@host:5432/database.');
  }
  client.on('error', () => {});
  const at = { host: `${client.host}:${client.port}`, user: client.user, database: client.database };
  try {
    await client.connect();
    return client;
  } catch (error) {
    await client.end().catch(() => {});
    const code = error.code ?? error.errors?.[0]?.code;
    const why = causes[code]?.(at) ?? `${at.host} answers: ${error.message || code}`;
    throw new Refusal(`Cannot connect to the database of DATABASE_URL: ${why}.`);
  }
}

/** The URL of another database on the same server. */
export function urlOf(url, database) {
  const other = new URL(url);
  other.pathname = `/${database}`;
  return other.href;
}
