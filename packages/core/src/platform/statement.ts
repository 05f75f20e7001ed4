/** A statement with named parameters. Each connection prepares it once, under its name. */
export interface Statement<Params extends object = object, Row extends object = object> {
  name: string;
  /** With $1, $2 …, as PostgreSQL reads it. */
  text: string;
  /** The names of the parameters, in the order of their numbers. */
  params: readonly string[];
  /** How those that wait at the same moment run as one; absent = each runs by itself. */
  together?: Together;
  /** Never set: they carry the types. */
  readonly _params?: Params;
  readonly _row?: Row;
}

/** One statement in place of many. */
export interface Together {
  /** Takes `:items`, a JSON array of the parameters of each. Each of its rows names its item's `place`. */
  many: Statement<{ items: string }, { place: number }>;
  /** The parameters of an item as the fields of a JSON object. */
  fieldsOf: (params: object) => string;
  /** What an item without a row means: nothing was found, or it must run by itself, which waits, or says why not. */
  withoutRow: 'nothing' | 'alone';
  /** Items with an equal key run one after the other. */
  keyOf?: ((params: never) => string | null) | undefined;
}

type ColumnType = 'uuid' | 'text' | 'int' | 'boolean' | 'jsonb' | 'text[]';

/** The types of a statement's parameters. Those of `jsonb` are passed as text. */
type TypesOf<Params> = { [Name in keyof Params]: ColumnType };

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

/** The items as a relation: their places and parameters. */
const relationOf = (types: Record<string, ColumnType>): string => {
  const columns = Object.entries(types).map(([name, type]) => `"${name}" ${type}`);
  return `jsonb_to_recordset(:items::jsonb) as item(place int, ${columns.join(', ')})`;
};

const fieldsWith =
  (types: Record<string, ColumnType>): Together['fieldsOf'] =>
  (params) => {
    const given = params as Record<string, unknown>;
    const fields = Object.entries(types).map(([name, type]) => {
      const value = given[name] ?? null;
      return `"${name}":${type === 'jsonb' && value !== null ? (value as string) : JSON.stringify(value)}`;
    });
    return fields.join(',');
  };

/**
 * Defines a look-up: a `select` that any number of callers may share. Those that wait at the same moment run as one
 * statement, in which each has its own rows.
 */
export function lookUp<Params extends Record<keyof Params, SqlValue>, Row extends object>(
  name: string,
  types: TypesOf<Params>,
  sql: string,
): Statement<Params, Row> {
  const one = statement<Params, Row>(name, sql);
  const perItem = sql.replaceAll(PARAMETER, (found, param?: string) =>
    param === undefined ? found : `item."${param}"`,
  );
  const many = statement<{ items: string }, { place: number }>(
    `${name}_together`,
    `
    select item.place, found.* from ${relationOf(types)} cross join lateral (select * from (${perItem}
    ) one offset 0) found`, // offset 0: each item has its index scan, also if the plan is made while the table is small
  );
  return { ...one, together: { many, fieldsOf: fieldsWith(types), withoutRow: 'nothing' } };
}

/** What the two texts of a write differ in. */
export interface WriteForm {
  /** Selects the place and parameters of the one item, or of all. */
  given: string;
  /** Locks rows. The one waits for a locked row; the many leave it out. */
  lock: string;
  /**
   * Joins a table to the rows of it that were locked, which name their place in it as `at_place`. The many join by that
   * place: a plan that was made when the table was small would read all of it.
   */
  sameRow: (table: string, locked: string) => string;
  isMany: boolean;
}

const ONE = {
  lock: 'for no key update',
  sameRow: (table: string, locked: string) => `${table}.id = ${locked}.id`,
  isMany: false,
};
const MANY = {
  lock: 'for no key update skip locked',
  sameRow: (table: string, locked: string) =>
    `${table}.ctid = any(array(select at_place from ${locked})) and ${table}.ctid = ${locked}.at_place`,
  isMany: true,
};

/**
 * Defines a write of one row. Those that wait at the same moment run as one statement, in which each keeps its own
 * guards and answer. It answers with `place`. An item that the many leave without a row runs by itself.
 */
export function write<Params extends Record<keyof Params, SqlValue>, Row extends object>(
  name: string,
  types: TypesOf<Params>,
  sqlOf: (form: WriteForm) => string,
  keyOf: (params: Params) => string | null,
): Statement<Params, Row> {
  const columns = Object.entries(types).map(([param, type]) => `:${param}::${type as string} as "${param}"`);
  const given = `select 0 as place, ${columns.join(', ')}`;
  const one = statement<Params, Row>(name, sqlOf({ given, ...ONE }));
  const many = statement<{ items: string }, { place: number }>(
    `${name}_together`,
    sqlOf({ given: `select * from ${relationOf(types)}`, ...MANY }),
  );
  return { ...one, together: { many, fieldsOf: fieldsWith(types), withoutRow: 'alone', keyOf } };
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
