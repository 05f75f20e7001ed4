// The index also exports a registry for tests, on a validator that is not installed.
import Form from '@rjsf/core/lib/components/Form.js';
import type { Experimental_DefaultFormStateBehavior, IconButtonProps, RJSFSchema, UiSchema } from '@rjsf/utils';
import { useState } from 'react';
import type { JsonObject } from '@proviso/contracts';
import { words } from '../words.ts';
import { coverValue, withoutPatterns } from './draw-schema.ts';
import { schemaValidator } from './schema-validator.ts';

interface SchemaFormProps {
  schema: JsonObject;
  params: JsonObject;
  onWrite: (params: JsonObject, isValid: boolean) => void;
}

/** The form adds nothing that nobody wrote: a default of the schema would be an edit of the reviewer. */
const NO_DEFAULTS: Experimental_DefaultFormStateBehavior = {
  arrayMinItems: { populate: 'never' },
  emptyObjectFields: 'skipDefaults',
  allOf: 'skipDefaults',
  constAsDefaults: 'never',
  requiredBooleanDefault: 'skip',
};
const UI: UiSchema = { 'ui:submitButtonOptions': { norender: true } };

/** The params of a registered tool, drawn from its JSON Schema; loaded with the first edit of one. */
export function SchemaForm({ schema, params, onWrite }: SchemaFormProps) {
  // Drawn for what the params were when the edit began, so that no field goes while it is emptied.
  const [drawn] = useState(() => coverValue(withoutPatterns(schema) as JsonObject, params) as RJSFSchema);
  return (
    <Form
      tagName="div"
      className="schema-form"
      idPrefix="edit"
      schema={drawn}
      uiSchema={UI}
      formData={params}
      validator={schemaValidator}
      experimental_defaultFormStateBehavior={NO_DEFAULTS}
      templates={TEMPLATES}
      liveValidate
      noHtml5Validate
      showErrorList={false}
      onChange={({ formData, errors }) =>
        onWrite(JSON.parse(JSON.stringify(formData ?? {})) as JsonObject, errors.length === 0)
      }
    />
  );
}

const textButton = (text: string) =>
  function TextButton({ onClick, disabled, id }: IconButtonProps) {
    return (
      <button type="button" id={id} className="button" disabled={disabled} onClick={onClick}>
        {text}
      </button>
    );
  };

const { add, remove, moveUp, moveDown, copy, clear } = words.decide.listButtons;
const TEMPLATES = {
  ButtonTemplates: {
    AddButton: textButton(add),
    RemoveButton: textButton(remove),
    MoveUpButton: textButton(moveUp),
    MoveDownButton: textButton(moveDown),
    CopyButton: textButton(copy),
    ClearButton: textButton(clear),
  },
};
