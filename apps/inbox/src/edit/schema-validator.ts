// The validator of the form, on an interpreter: Ajv compiles schemas to code, which the page's policy forbids.
import { Validator, type Schema, type SchemaDraft } from '@cfworker/json-schema';
import { toErrorSchema, type RJSFSchema, type RJSFValidationError, type ValidatorType } from '@rjsf/utils';

const draftOf = ({ $schema }: RJSFSchema): SchemaDraft => (/draft-0[4-7]/u.test($schema ?? '') ? '7' : '2020-12');

/** Keywords that only report what was found inside. */
const OUTER = new Set(['properties', 'items', 'prefixItems', 'allOf', '$ref', 'additionalProperties', 'if']);

function faultsOf(schema: RJSFSchema, data: unknown): RJSFValidationError[] {
  // What is undefined in a form is absent in JSON.
  const instance: unknown = JSON.parse(JSON.stringify(data ?? null));
  const { errors } = new Validator(schema as Schema, draftOf(schema), false).validate(instance);
  const inner = errors.filter(({ keyword }) => !OUTER.has(keyword));
  return (inner.length > 0 ? inner : errors).map(({ keyword, error, instanceLocation }) => ({
    name: keyword,
    message: error,
    property: propertyOf(instanceLocation),
    stack: error,
  }));
}

/** From `#/items/0/name` to `.items.0.name`. */
const propertyOf = (pointer: string): string =>
  pointer
    .replace(/^#/u, '')
    .split('/')
    .map((part) => decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~'))
    .join('.');

export const schemaValidator: ValidatorType<unknown> = {
  validateFormData(data, schema) {
    const errors = faultsOf(schema, data);
    return { errors, errorSchema: toErrorSchema(errors) };
  },
  isValid({ $defs, definitions, ...schema }, data, root) {
    try {
      const shared = {
        $schema: root.$schema,
        $defs: $defs ?? root.$defs,
        definitions: definitions ?? root.definitions,
      };
      return faultsOf(JSON.parse(JSON.stringify({ ...schema, ...shared })) as RJSFSchema, data).length === 0;
    } catch {
      return false; // a branch that cannot be read is not chosen
    }
  },
  rawValidation: (schema, data) => ({ errors: faultsOf(schema, data) as never[] }),
};
