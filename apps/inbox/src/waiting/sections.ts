// The rows of the list: equal proposals folded into one, then grouped. Held by apps/inbox/test/unit/sections.test.ts.
import type { Action } from '@proviso/contracts';

export const GROUPINGS = ['run', 'agent', 'type', 'none'] as const;
export type Grouping = (typeof GROUPINGS)[number];

/** One row: a proposal, and those that are equal to it in everything that would run. */
export interface Fold {
  action: Action;
  equals: Action[];
}

export interface Section {
  key: string;
  title: string;
  folds: Fold[];
  /** Proposals of one type by one agent in one run, enough of them to be read as one template. */
  template: { type: string; agentId: string; runId: string } | null;
}

/** Fewer are read faster one by one. */
export const TEMPLATE_ROWS_MIN = 5;

/** Equal proposals have one hash: of type, params, identity and time. A question is never equal to another. */
export function foldEqual(actions: Action[]): Fold[] {
  const folds = new Map<string, Fold>();
  for (const action of actions) {
    const key =
      action.type === 'escalate_to_human' ? action.action_id : `${action.params_hash} ${action.created_by.id}`;
    const fold = folds.get(key);
    if (fold) fold.equals.push(action);
    else folds.set(key, { action, equals: [] });
  }
  return [...folds.values()];
}

/**
 * In the order in which their first row comes. A run is one section, except that a type with enough proposals to be read
 * as one template has its own.
 */
export function sectionsOf(actions: Action[], grouping: Grouping): Section[] {
  const folds = foldEqual(actions);
  const ofOneType = (action: Action): string => `${action.run_id} ${action.type}`;
  const counts = new Map<string, number>();
  for (const { action } of folds) counts.set(ofOneType(action), (counts.get(ofOneType(action)) ?? 0) + 1);
  const isTemplate = (action: Action): boolean =>
    action.run_id !== null && (counts.get(ofOneType(action)) ?? 0) >= TEMPLATE_ROWS_MIN;
  const keyOf = (action: Action): string => {
    if (grouping === 'none') return '';
    if (grouping === 'type') return action.type;
    if (grouping === 'agent' || action.run_id === null) return action.created_by.id;
    return isTemplate(action) ? ofOneType(action) : action.run_id;
  };
  const sections = new Map<string, Section>();
  for (const fold of folds) {
    const key = keyOf(fold.action);
    const section = sections.get(key) ?? { key, title: titleOf(fold.action, grouping), folds: [], template: null };
    section.folds.push(fold);
    sections.set(key, section);
  }
  for (const section of sections.values()) section.template = templateOf(section);
  return [...sections.values()];
}

const titleOf = ({ type, created_by }: Action, grouping: Grouping): string =>
  grouping === 'type' ? type : grouping === 'none' ? '' : created_by.name;

function templateOf({ folds }: Section): Section['template'] {
  const [first] = folds;
  if (!first || folds.length < TEMPLATE_ROWS_MIN) return null;
  const { type, agent_id, run_id } = first.action;
  if (!agent_id || !run_id || type === 'escalate_to_human') return null;
  const isOne = folds.every(({ action }) => action.type === type && action.run_id === run_id);
  return isOne ? { type, agentId: agent_id, runId: run_id } : null;
}
