import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { agentsQuery, countsQuery, type WaitingFilter } from '../api/queries.ts';
import { readable } from '../readable.ts';
import { words } from '../words.ts';
import { Choice } from './choice.tsx';

const ANY = '';

/** Narrows the list to a type, an agent or an age; says how many each would leave. */
export function Kinds({ filter }: { filter: WaitingFilter }) {
  const { list } = words;
  const navigate = useNavigate({ from: '/' });
  const { data: counts } = useQuery(countsQuery(filter));
  const { data: agents = [] } = useQuery(agentsQuery);
  const nameOf = (id: string): string => agents.find(({ agent_id }) => agent_id === id)?.name ?? id;
  const counted = (found: [string, string, number][], chosen: string | undefined): [string, string][] => [
    [ANY, list.any],
    ...found.map(([value, name, count]): [string, string] => [value, list.counted(name, count)]),
    ...(chosen && !found.some(([value]) => value === chosen) ? [[chosen, chosen] as [string, string]] : []),
  ];
  const types = counts?.types.map(({ type, count }): [string, string, number] => [
    type,
    readable(words.typeOf(type)),
    count,
  ]);
  const byAgent = counts?.agents.flatMap(({ agent_id, count }): [string, string, number][] =>
    agent_id ? [[agent_id, readable(nameOf(agent_id)), count]] : [],
  );
  const narrow = (change: object): void =>
    void navigate({ search: (before) => ({ ...before, ...change, open: undefined }), replace: true });
  return (
    <div className="text-muted mt-1 flex flex-wrap items-center gap-x-3 gap-y-1 text-sm">
      <Choice
        label={list.type}
        value={filter.type ?? ANY}
        options={counted(types ?? [], filter.type)}
        onChange={(type) => narrow({ type: type || undefined })}
      />
      <Choice
        label={list.agent}
        value={filter.agent ?? ANY}
        options={counted(byAgent ?? [], filter.agent)}
        onChange={(agent) => narrow({ agent: agent || undefined })}
      />
      <Choice
        label={list.age}
        value={filter.age ?? 'any'}
        options={(['any', 'hour', 'day', 'week'] as const).map((age) => [age, list.ages[age]])}
        onChange={(age) => narrow({ age: age === 'any' ? undefined : age })}
      />
    </div>
  );
}
