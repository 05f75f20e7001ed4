import { useMemo, useState } from 'react';
import type { Action, JsonObject } from '@proviso/contracts';
import { editFieldsOf, type EditField } from './edit-fields.ts';
import { draftText, editsOf, fieldId, valueOf, type Changed, type Draft, type Edits } from './edits.ts';

export interface Edit {
  isOpen: boolean;
  fields: EditField[];
  textOf: (field: EditField) => string;
  write: (field: EditField, text: string) => void;
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
  const fields = useMemo(() => editFieldsOf(action), [action]);
  const { edits, changes, faults } = editsOf(action.params, fields, draft ?? {});
  return {
    isOpen: draft !== null,
    fields,
    edits,
    changes,
    count: changes.length,
    faults,
    fault: Object.keys(faults)[0] ?? null,
    textOf: (field) => draft?.[fieldId(field)] ?? draftText(field, valueOf(action.params, field)),
    write: (field, text) => setDraft((now) => ({ ...now, [fieldId(field)]: text })),
    open: () => setDraft((now) => now ?? {}),
    close: () => setDraft(null),
  };
}
