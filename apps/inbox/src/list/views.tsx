import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import type { View } from '@proviso/contracts';
import { inWords } from '../api/client.ts';
import { queryClient, viewsQuery } from '../api/queries.ts';
import { createView, deleteView } from '../api/views.ts';
import { toast } from '../decide/toasts.ts';
import { Modal } from '../shell/modal.tsx';
import { useDecides, useSession } from '../shell/use-session.ts';
import { words } from '../words.ts';

const NAMES = ['type', 'agent', 'run', 'assignee', 'age', 'q', 'group', 'sort'] as const;

/** What of an address is a filter, without what is open. */
const filtersOf = (search: View['filters']): View['filters'] =>
  Object.fromEntries(NAMES.flatMap((name) => (search[name] ? [[name, search[name]]] : [])));
const same = (one: View['filters'], other: View['filters']): boolean =>
  NAMES.every((name) => one[name] === other[name]);

const renew = (): Promise<void> => queryClient.invalidateQueries({ queryKey: viewsQuery.queryKey });

/** Saved filters: choosing one changes the address and nothing else. */
export function Views() {
  const search = useSearch({ from: '/shell/' });
  const navigate = useNavigate({ from: '/' });
  const decides = useDecides();
  const isAdmin = ['owner', 'admin'].includes(useSession()?.role ?? '');
  const { data: views = [] } = useQuery({ ...viewsQuery, enabled: decides });
  const [isSaving, setSaving] = useState(false);
  const filters = filtersOf(search);
  const current = views.find((view) => same(view.filters, filters));
  const hasFilters = Object.keys(filters).length > 0;
  const { view: text } = words;
  if (views.length === 0 && !hasFilters) return null;
  const show = (id: string): void => {
    const chosen = views.find(({ view_id }) => view_id === id);
    void navigate({ to: '/', search: () => filtersOf(chosen?.filters ?? {}) as Record<string, never> });
  };
  const remove = async (): Promise<void> => {
    if (!current) return;
    try {
      await deleteView(current.view_id);
      await renew();
    } catch (error) {
      toast({ text: inWords(error), tone: 'failure' });
    }
  };
  return (
    <div className="text-muted mt-1 flex flex-wrap items-center gap-x-3 text-sm">
      {views.length > 0 && (
        <label className="flex min-w-0 items-center">
          {text.label}:
          <select
            className="field-sizing-content min-w-0 cursor-pointer rounded bg-transparent py-1"
            value={current?.view_id ?? ''}
            onChange={({ target }) => show(target.value)}
          >
            <option value="">{hasFilters ? text.none : text.all}</option>
            {views.map(({ view_id, name, shared }) => (
              <option key={view_id} value={view_id}>
                {shared ? text.shared(name) : name}
              </option>
            ))}
          </select>
        </label>
      )}
      {decides && hasFilters && !current && (
        <button type="button" className="text-accent py-1 underline" onClick={() => setSaving(true)}>
          {text.save}
        </button>
      )}
      {current && (current.own || isAdmin) && (
        <button type="button" className="py-1 underline" onClick={() => void remove()}>
          {text.remove}
        </button>
      )}
      {isSaving && <SaveView filters={filters} onClose={() => setSaving(false)} />}
    </div>
  );
}

function SaveView({ filters, onClose }: { filters: View['filters']; onClose: () => void }) {
  const [name, setName] = useState('');
  const [shared, setShared] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const { view: text } = words;
  const save = async (): Promise<void> => {
    try {
      await createView({ name: name.trim(), filters, shared });
      await renew();
      onClose();
    } catch (error) {
      setFault(inWords(error));
    }
  };
  return (
    <Modal title={text.save} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <label className="block">
          {text.name}
          <input
            className="field mt-1"
            autoFocus
            required
            maxLength={60}
            value={name}
            onChange={({ target }) => setName(target.value)}
          />
        </label>
        <label className="mt-3 flex items-center gap-2">
          <input type="checkbox" checked={shared} onChange={({ target }) => setShared(target.checked)} />
          {text.share}
        </label>
        {fault && (
          <p role="alert" className="text-risk mt-2">
            {fault}
          </p>
        )}
        <button type="submit" className="button mt-4 font-semibold">
          {text.submit}
        </button>
      </form>
    </Modal>
  );
}
