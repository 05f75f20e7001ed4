import { useQuery } from '@tanstack/react-query';
import { CatchBoundary } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useRef } from 'react';
import { toolSchemaQuery } from '../api/queries.ts';
import { own } from '../own.ts';
import { readable } from '../readable.ts';
import { words } from '../words.ts';
import { Changes } from './changes.tsx';
import { isTool, type EditField } from './edit-fields.ts';
import { fieldId } from './edits.ts';
import type { Edit } from './use-edit.ts';

const SchemaForm = lazy(async () => ({ default: (await import('./schema-form.tsx')).SchemaForm }));

/** The fields where they stand, and what has been changed of them. */
export function EditForm({ edit }: { edit: Edit }) {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    form.current?.querySelector<HTMLElement>('input,textarea,select')?.focus();
  }, []);
  return (
    <form
      ref={form}
      className="my-3 flex flex-col gap-3"
      onSubmit={(event) => event.preventDefault()}
      onKeyDown={(event) => event.key === 'Escape' && (event.target as HTMLElement).blur()}
    >
      {isTool(edit.type) ? <ToolFields edit={edit} /> : <Fields edit={edit} />}
      <p className="text-muted text-sm">{isTool(edit.type) ? words.decide.emptyOfTool : words.decide.empty}</p>
      {edit.count > 0 && <Changes changes={edit.changes} />}
    </form>
  );
}

const Fields = ({ edit }: { edit: Edit }) =>
  edit.fields.map((field) => <EditRow key={fieldId(field)} edit={edit} field={field} />);

/** Where there is no schema, or none that can be drawn, each param has a plain field. */
function ToolFields({ edit }: { edit: Edit }) {
  const { data: schema, isPending } = useQuery(toolSchemaQuery(edit.type));
  const loading = <p className="text-muted">{words.decide.loadingForm}</p>;
  if (isPending) return loading;
  if (!schema) return <Fields edit={edit} />;
  return (
    <CatchBoundary getResetKey={() => edit.type} errorComponent={() => <Fields edit={edit} />}>
      <Suspense fallback={loading}>
        <SchemaForm schema={schema} params={edit.params} onWrite={edit.writeParams} />
      </Suspense>
    </CatchBoundary>
  );
}

const FAULTS = { json: words.decide.badJson, number: words.decide.badNumber };

function EditRow({ edit, field }: { edit: Edit; field: EditField }) {
  const id = fieldId(field);
  const isChanged = edit.changes.some((change) => change.field === field);
  const fault = own(edit.faults, id);
  return (
    <label className={`block border-l-3 pl-3 ${isChanged ? 'border-l-accent' : 'border-l-transparent'}`}>
      <span className="text-muted text-sm">{readable(field.label)}</span>
      <EditInput
        field={field}
        text={edit.textOf(field)}
        isFaulty={fault !== undefined}
        onWrite={(text) => edit.write(field, text)}
      />
      {fault && <span className="text-risk text-sm">{FAULTS[fault]}</span>}
    </label>
  );
}

interface EditInputProps {
  field: EditField;
  text: string;
  isFaulty: boolean;
  onWrite: (text: string) => void;
}

const ROWS_MAX = 20;

function EditInput({ field: { kind, choices = [] }, text, isFaulty, onWrite }: EditInputProps) {
  const shared = { className: 'field mt-0.5 block', 'aria-invalid': isFaulty, value: text };
  switch (kind) {
    case 'flag':
      return (
        <input
          type="checkbox"
          className="ml-3 size-4 align-middle"
          checked={text === 'true'}
          onChange={({ target }) => onWrite(String(target.checked))}
        />
      );
    case 'choice':
      return (
        <select {...shared} onChange={({ target }) => onWrite(target.value)}>
          {[...new Set([...choices, text])].map((choice) => (
            <option key={choice}>{choice}</option>
          ))}
        </select>
      );
    case 'lines':
    case 'html':
    case 'json': {
      const rows = Math.min(ROWS_MAX, Math.max(3, text.split('\n').length + 1));
      const font = kind === 'lines' ? '' : 'font-mono text-xs';
      return (
        <textarea
          {...shared}
          className={`${shared.className} ${font}`}
          rows={rows}
          onChange={({ target }) => onWrite(target.value)}
        />
      );
    }
    case 'line':
    case 'addresses':
    case 'number':
      return (
        <input
          {...shared}
          inputMode={kind === 'number' ? 'decimal' : undefined}
          onChange={({ target }) => onWrite(target.value)}
        />
      );
  }
}
