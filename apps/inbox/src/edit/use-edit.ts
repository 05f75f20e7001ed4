import { useMemo, useState } from 'react';
import type { Action, JsonObject } from '@proviso/contracts';
import { editFieldsOf, type EditField } from './edit-fields.ts';
import { draftText, editsOf, editsOfParams, fieldId, valueOf, type Changed, type Draft, type Edits } from './edits.ts';
import { words } from '../words.ts';
import { own } from '../own.ts';

export interface Edit {
  isOpen: boolean;
  type: string;
  fields: EditField[];
  textOf: (field: EditField) => string;
  write: (field: EditField, text: string) => void;
  /** All params as the form of a schema has them now, and their replacement. */
  params: JsonObject;
  writeParams: (params: JsonObject, isValid: boolean) => void;
  edits: JsonObject;
  changes: Changed[];
  count: number;
  faults: Edits['faults'];
  fault: string | null;
  open: () => void;
  close: () => void;
}

/** A change of a proposal that has not been sent. */
export function useEdit(action: Action): Edit {
  const [draft, setDraft] = useState<Draft | null>(null);
  const [whole, setWhole] = useState<{ params: JsonObject; isValid: boolean } | null>(null);
  const fields = useMemo(() => editFieldsOf(action), [action]);
  const { edits, changes, faults } = whole
    ? editsOfParams(action.params, whole.params)
    : editsOf(action.params, fields, draft ?? {});
  return {
    isOpen: draft !== null,
    type: action.type,
    fields,
    params: whole?.params ?? action.params,
    writeParams: (params, isValid) => setWhole({ params, isValid }),
    edits,
    changes,
    count: changes.length,
    faults,
    fault: whole?.isValid === false ? words.decide.badSchema : (Object.keys(faults)[0] ?? null),
    textOf: (field) => (draft && own(draft, fieldId(field))) ?? draftText(field, valueOf(action.params, field)),
    write: (field, text) => setDraft((now) => ({ ...now, [fieldId(field)]: text })),
    open: () => setDraft((now) => now ?? {}),
    close: () => {
      setDraft(null);
      setWhole(null);
    },
  };
}
