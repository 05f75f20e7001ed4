/** Who reads which variables: the modules whose schemas say it, by the name in docs/configuration.md. */
export function variableGroups([core, executors, api, worker, cli, local]) {
  return {
    'api and worker': { ...core.COMMON_ENVIRONMENT, ...executors.EXECUTOR_ENVIRONMENT },
    api: api.API_ENVIRONMENT,
    worker: worker.WORKER_ENVIRONMENT,
    'the command line': cli.environment.shape,
    'npm start': local.environment.shape,
    'npm run bootstrap': api.BOOTSTRAP_ENVIRONMENT,
  };
}

/** The table of a group of environment variables, from the zod schemas that read them. */
export function variablesTable(z, variables) {
  const schema = z.toJSONSchema(z.object(variables), { io: 'input', unrepresentable: 'any' });
  const rows = Object.entries(schema.properties).map(([name, field]) => {
    if (!field.description) throw new Error(`Say what ${name} does, in its schema: .describe('…').`);
    const isRequired = schema.required?.includes(name) === true;
    const cells = [`\`${name}\``, kindOf(field), defaultOf(field, isRequired), field.description];
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  });
  return ['| variable | kind | default | what it does |', '|---|---|---|---|', ...rows].join('\n');
}

function defaultOf(field, isRequired) {
  if (field.absent) return `absent: ${field.absent}`;
  if (isRequired) return 'required';
  return field.default === undefined || field.default === '' ? 'absent' : `\`${field.default}\``;
}

function kindOf({ type, enum: values, format, minimum, maximum, maxLength }) {
  if (values?.includes('true')) return 'flag';
  if (values) return values.map((value) => `\`${value}\``).join(', ');
  if (format === 'uri') return 'URL';
  if (type === 'integer') return `whole number, ${grouped(minimum)} to ${grouped(maximum)}`;
  return maxLength ? `text, at most ${maxLength} characters` : 'text';
}

const grouped = (number) => String(number).replaceAll(/\B(?=(\d{3})+$)/g, ' ');
