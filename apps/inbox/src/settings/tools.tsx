import { useState } from 'react';
import type { JsonObject, Tool } from '@proviso/contracts';
import { toast } from '../decide/toasts.ts';
import { readable, readableJson } from '../readable.ts';
import { words } from '../words.ts';
import { ConfirmButton } from './confirm-button.tsx';
import { change, Line, Section, useItems } from './section.tsx';

/** The workspace's own types: what is called, and with which params. */
export function Tools() {
  const tools = useItems<Tool>('/v1/tools', 'tools');
  const text = words.settings;
  return (
    <Section title={text.tools} help={text.toolsHelp}>
      {tools.length === 0 && <p>{text.noTools}</p>}
      <ul>
        {tools.map((tool) => (
          <Line key={tool.name}>
            <strong className="min-w-40">{readable(tool.name)}</strong>
            <span className="text-muted min-w-0 break-all">{readable(tool.url)}</span>
            <span className="text-muted">{text.toolVersion(tool.version)}</span>
            <span className="text-muted">{tool.idempotent ? text.calledAgain : text.calledOnce}</span>
            <ConfirmButton
              label={text.deleteTool}
              confirm={text.deleteForGood}
              name={tool.name}
              onConfirm={() => void change(`/v1/tools/${encodeURIComponent(tool.name)}`, { method: 'DELETE' })}
            />
            <details className="w-full">
              <summary className="text-muted text-sm">{text.toolSchema}</summary>
              <pre className="mt-1 font-mono text-xs whitespace-pre-wrap">{readableJson(tool.input_schema)}</pre>
            </details>
          </Line>
        ))}
      </ul>
      <RegisterTool />
    </Section>
  );
}

interface Registered {
  secret: string | null;
  untested: string[];
}

const EMPTY_SCHEMA = '{\n  "type": "object",\n  "properties": {}\n}';

function readSchema(text: FormDataEntryValue | null): JsonObject | undefined {
  try {
    return JSON.parse(typeof text === 'string' ? text : '') as JsonObject; // the service says where it is no schema
  } catch {
    return undefined;
  }
}

function RegisterTool() {
  const [registered, setRegistered] = useState<Registered | undefined>();
  const text = words.settings;
  const register = async (form: HTMLFormElement): Promise<void> => {
    const given = new FormData(form);
    const input_schema = readSchema(given.get('schema'));
    if (!input_schema) return toast({ text: words.decide.badJson, tone: 'failure' });
    const body = {
      name: given.get('name'),
      url: given.get('url'),
      idempotent: given.get('idempotent') !== null,
      input_schema,
    };
    const reply = await change<Registered>('/v1/tools', { method: 'POST', body });
    setRegistered(reply);
    if (reply) form.reset();
  };
  return (
    <details className="mt-3">
      <summary>{text.register}</summary>
      <form
        className="mt-2 flex max-w-190 flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          void register(event.currentTarget);
        }}
      >
        <label>
          <span className="text-muted block text-sm">{text.toolName}</span>
          <input className="field" name="name" required maxLength={64} pattern="[A-Za-z0-9_.\-]+" />
        </label>
        <label>
          <span className="text-muted block text-sm">{text.toolUrl}</span>
          <input className="field" type="url" name="url" required maxLength={2048} />
        </label>
        <label>
          <span className="text-muted block text-sm">{text.toolSchema}</span>
          <textarea className="field font-mono text-xs" name="schema" rows={8} defaultValue={EMPTY_SCHEMA} />
        </label>
        <label className="flex items-center gap-2">
          <input type="checkbox" name="idempotent" /> {text.toolIdempotent}
        </label>
        <button type="submit" className="button self-start">
          {text.register}
        </button>
      </form>
      {registered && (
        <p role="status" className="bg-accent-soft mt-3 rounded-md p-3">
          {registered.secret === null ? text.toolRegistered : text.toolSecret}{' '}
          {registered.secret && <code className="font-mono select-all">{registered.secret}</code>}
          {registered.untested.map((what) => (
            <span key={what} className="text-warn block">
              {text.toolUntested(what)}
            </span>
          ))}
        </p>
      )}
    </details>
  );
}
