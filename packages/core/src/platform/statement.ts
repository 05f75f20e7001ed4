/** A statement with named parameters. Each connection prepares it once, under its name. */
export interface Statement<Params extends object = object, Row extends object = object> {
  name: string;
  /** With $1, $2 …, as PostgreSQL reads it. */
  text: string;
  /** The names of the parameters, in the order of their numbers. */
  params: readonly string[];
  /** Never set: they carry the types. */
  readonly _params?: Params;
  readonly _row?: Row;
}

/** What the pool and Prisma pass in the same form. JSON is passed as text, and a time as its ISO text. */
type SqlValue = string | number | boolean | readonly string[] | readonly number[] | null;

/** The parameters of a statement without any. */
export type NoParams = Record<string, never>;

const written = new Map<string, Statement>();

/** All hand-written statements by name, for `npm run sql`. */
export const writtenStatements = (): ReadonlyMap<string, Statement> => written;

/** Quoted text, a comment or a cast, where nothing is a parameter; or else a parameter. */
const PARAMETER = /'[^']*'|"[^"]*"|--.*|::|(?<!\w):([a-z]\w*)/gi;

/**
 * Defines a statement. `:name` in its text is a parameter. Throws if another text has the name of the statement: a
 * connection would run whichever it prepared first.
 */
export function statement<Params extends Record<keyof Params, SqlValue> = NoParams, Row extends object = object>(
  name: string,
  sql: string,
): Statement<Params, Row> {
  const params: string[] = [];
  const text = sql.replaceAll(PARAMETER, (found, param?: string) => {
    if (param === undefined) return found;
    if (!params.includes(param)) params.push(param);
    return `$${params.indexOf(param) + 1}`;
  });
  const known = written.get(name);
  if (known && known.text !== text) throw new Error(`Two statements are called ${name}: rename one.`);
  const made = { name, text, params };
  written.set(name, made);
  return made;
}

/**
 * The values of a statement's parameters, in the order of their numbers. Throws if a parameter has no value or a value
 * no parameter: a condition would be missing from the text, or compare with null.
 */
export function valuesOf({ name, params }: Pick<Statement, 'name' | 'params'>, given: object): unknown[] {
  const values = new Map<string, unknown>(Object.entries(given));
  const missing = params.find((param) => values.get(param) === undefined);
  if (missing !== undefined) throw new Error(`${name} has no value for :${missing}. Pass null for none.`);
  const unused = [...values.keys()].find((param) => !params.includes(param));
  if (unused !== undefined)
    throw new Error(`${name} has no parameter :${unused}. Name it in the text, or do not pass it.`);
  return params.map((param) => values.get(param));
}
