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

/** The parameters of a statement without any. */
export type NoParams = Record<string, never>;

const written = new Map<string, Statement>();

/** All hand-written statements by name, for `npm run sql`. */
export const writtenStatements = (): ReadonlyMap<string, Statement> => written;

/**
 * Defines a statement. `:name` in its text is a parameter, `::type` is a cast. Throws if another text has the name: a
 * connection would run whichever it prepared first.
 */
export function statement<Params extends object = NoParams, Row extends object = object>(
  name: string,
  sql: string,
): Statement<Params, Row> {
  const params: string[] = [];
  const text = sql.replaceAll(/(?<![:\w]):([a-z]\w*)/gi, (_, param: string) => {
    if (!params.includes(param)) params.push(param);
    return `$${params.indexOf(param) + 1}`;
  });
  const known = written.get(name);
  if (known && known.text !== text) throw new Error(`Two statements are called ${name}: rename one.`);
  const made = { name, text, params };
  written.set(name, made);
  return made;
}

/** The values of a statement's parameters, in the order of their numbers. */
export const valuesOf = ({ params }: Pick<Statement, 'params'>, given: object): unknown[] =>
  params.map((param) => (given as Record<string, unknown>)[param] ?? null);
