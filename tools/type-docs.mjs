import { readFileSync, writeFileSync } from 'node:fs';
import { variableGroups, variablesTable } from './configuration-tables.mjs';
import { prepare } from './prepare.mjs';
import { runAsScript } from './run-as-script.mjs';

/** Writes each text between its markers. Returns the file's name if that changes it. */
function write(file, mark, texts) {
  const before = readFileSync(file, 'utf8');
  let after = before;
  for (const [name, text] of Object.entries(texts)) {
    const between = new RegExp(`(<!-- ${mark} of ${name} -->\n)[^]*?(<!-- end -->)`);
    if (!between.test(after))
      throw new Error(`${file} has no place for the ${mark} of ${name}: <!-- ${mark} of ${name} -->, <!-- end -->`);
    after = after.replace(between, (_, start, end) => `${start}\n${text}\n\n${end}`);
  }
  if (after === before) return '';
  if (!process.argv.includes('--check')) writeFileSync(file, after);
  return file;
}

function paramsOf({ type, params, resolvedFields = [], reviewerFields = [] }, drawn) {
  const schema = drawn(params);
  const whoGives = (name) => {
    if (resolvedFields.includes(name)) return 'looked up';
    if (reviewerFields.includes(name)) return 'by a reviewer';
    return schema.required?.includes(name) ? 'required' : '';
  };
  const examples = params
    .meta()
    .examples.map((example) => `\`\`\`json\n${JSON.stringify({ type, params: example }, null, 2)}\n\`\`\``);
  return [table('param', schema, whoGives), ...examples].join('\n\n');
}

function settingsOf({ config, credentials }, drawn) {
  const tables = [
    ['config', config],
    ['credentials', credentials],
  ].flatMap(([name, schema]) =>
    schema
      ? variantsOf(drawn(schema)).map((variant) =>
          table(name, variant, (field) => (variant.required?.includes(field) ? 'required' : '')),
        )
      : [],
  );
  return tables.filter(Boolean).join('\n\n') || 'None.';
}

function metricsTable(metrics) {
  const rows = metrics.map(({ name, kind, labels, help, otel = '' }) => {
    const named = labels.map((label) => `\`${label}\``).join(', ');
    return `| \`${name}\` | ${kind} | ${named} | ${help} | ${otel} |`;
  });
  return ['| metric | kind | labels | what it is | OpenTelemetry |', '|---|---|---|---|---|', ...rows].join('\n');
}

const variantsOf = (schema) => schema.oneOf ?? schema.anyOf ?? [schema];

function table(heading, schema, whoGives) {
  const rows = Object.entries(schema.properties ?? {}).map(
    ([name, field]) =>
      `| \`${name}\` | ${whoGives(name)} | ${kindOf(field, schema)} | ${describe(name, field).replaceAll('|', '\\|')} |`,
  );
  return rows.length > 0 ? [`| ${heading} | | what it is | |`, '|---|---|---|---|', ...rows].join('\n') : '';
}

function describe(name, { description = '' }) {
  if (description === '') throw new Error(`Say what ${name} is, in its schema: .describe('…').`);
  return description;
}

/** Describes in words what a field may contain. */
function kindOf(field, whole) {
  if (field.$ref) return kindOf(whole.$defs[field.$ref.replace('#/$defs/', '')], whole);
  if (field.not) return 'nothing';
  if (field.const !== undefined) return `\`${field.const}\``;
  if (field.enum) return field.enum.map((value) => `\`${value}\``).join(', ');
  const either = field.anyOf ?? field.oneOf;
  if (either) return either.map((one) => kindOf(one, whole)).join(' or ');
  switch (field.type) {
    case 'string':
      return stringOf(field);
    case 'integer':
    case 'number':
      return `${field.type === 'integer' ? 'whole number' : 'number'}${bounded(field.minimum, field.maximum, '')}`;
    case 'boolean':
      return 'true or false';
    case 'array':
      return `list${bounded(field.minItems, field.maxItems, '')} of ${kindOf(field.items, whole)}`;
    case 'object':
      return objectOf(field, whole);
    default:
      return field.type ?? 'anything';
  }
}

const IDS = { ct: 'contact', co: 'company', thr: 'thread' };

function stringOf({ pattern = '', format, minLength, maxLength }) {
  const [, prefix] = /^\^\((\w+)_/.exec(pattern) ?? [];
  if (prefix) return `id of a ${IDS[prefix]}`;
  if (format === 'uuid') return 'UUID';
  if (format === 'date-time') return 'time or day';
  return `text${bounded(minLength, maxLength, ' characters')}`;
}

function objectOf({ properties, additionalProperties }, whole) {
  if (properties) return `\`{ ${Object.keys(properties).join(', ')} }\``;
  return Object.keys(additionalProperties ?? {}).length > 0
    ? `name → ${kindOf(additionalProperties, whole)}`
    : 'JSON object';
}

const count = (number) => String(number).replaceAll(/\B(?=(\d{3})+$)/g, ' ');

function bounded(least = 0, most = Number.MAX_SAFE_INTEGER, unit) {
  if (most >= Number.MAX_SAFE_INTEGER) return least > 1 ? ` (at least ${count(least)}${unit})` : '';
  return least === 0 ? ` (at most ${count(most)}${unit})` : ` (${count(least)}–${count(most)}${unit})`;
}

/**
 * Writes the tables of params, settings, secrets, metrics and variables into the documents, from their definitions.
 * With --check, it reports the outdated ones.
 */
await runAsScript(import.meta.url, async () => {
  await prepare({ quiet: true });
  const [{ z }, { builtIns }, { METRICS }, ...readers] = await Promise.all([
    import('zod'),
    import('../packages/executors/dist/index.js'),
    import('../packages/metrics/dist/index.js'),
    import('../packages/core/dist/index.js'),
    import('../packages/executors/dist/index.js'),
    import('../apps/api/dist/config.js'),
    import('../apps/worker/dist/config.js'),
    import('../packages/cli/dist/config.js'),
    import('../apps/local/dist/config.js'),
  ]);
  const { executors, providers } = builtIns();
  const drawn = (schema) => z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  const old = [
    write(
      'docs/action-types.md',
      'params',
      Object.fromEntries(executors.map((executor) => [executor.type, paramsOf(executor, drawn)])),
    ),
    write(
      'docs/identities.md',
      'settings',
      Object.fromEntries(providers.map((kind) => [kind.provider, settingsOf(kind, drawn)])),
    ),
    write('docs/metrics.md', 'metrics', { proviso: metricsTable(METRICS) }),
    write(
      'docs/configuration.md',
      'variables',
      Object.fromEntries(
        Object.entries(variableGroups(readers)).map(([name, variables]) => [name, variablesTable(z, variables)]),
      ),
    ),
  ].filter(Boolean);
  if (old.length > 0 && process.argv.includes('--check'))
    throw new Error(
      `${old.join(' and ')} ${old.length > 1 ? 'are' : 'is'} out of date: run npm run docs and commit the result.`,
    );
});
