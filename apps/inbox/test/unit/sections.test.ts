import { foldEqual, sectionsOf, TEMPLATE_ROWS_MIN } from '../../src/waiting/sections.ts';
import { anAction } from './an-action.ts';

const times = (count: number, given = {}) => Array.from({ length: count }, () => anAction(given));

describe('the sections of the list', () => {
  it('fold proposals of one agent that would run exactly the same, and no others', () => {
    const params_hash = 'the same';
    const other = { kind: 'agent', id: 'agt_2', name: 'Other' } as const;
    const folds = foldEqual([...times(3, { params_hash }), anAction({ params_hash, created_by: other }), anAction()]);
    expect(folds.map(({ equals }) => equals.length)).toEqual([2, 0, 0]);
  });

  it('never fold questions: each waits for its own answer', () => {
    const questions = times(2, { params_hash: 'the same', type: 'escalate_to_human' });
    expect(foldEqual(questions)).toHaveLength(2);
  });

  it('group by run, by agent, by type, or not at all', () => {
    const actions = [anAction({ run_id: 'run_1' }), anAction(), anAction({ run_id: 'run_1', type: 'create_note' })];
    expect(sectionsOf(actions, 'run').map(({ folds }) => folds.length)).toEqual([2, 1]);
    expect(sectionsOf(actions, 'agent')).toHaveLength(1);
    expect(sectionsOf(actions, 'type')).toHaveLength(2);
    expect(sectionsOf(actions, 'none').map(({ folds }) => folds.length)).toEqual([3]);
  });

  it('set a type apart from the rest of its run where it can be read as one template', () => {
    const mails = times(TEMPLATE_ROWS_MIN, { run_id: 'run_1' });
    const note = anAction({ run_id: 'run_1', type: 'create_note' });
    expect(sectionsOf([...mails, note], 'run').map(({ folds }) => folds.length)).toEqual([TEMPLATE_ROWS_MIN, 1]);
  });

  it('offer a template where enough of one type come from one run', () => {
    const template = { type: 'email_message', agentId: 'agt_1', runId: 'run_1' };
    expect(sectionsOf(times(TEMPLATE_ROWS_MIN, { run_id: 'run_1' }), 'run')[0]?.template).toEqual(template);
    expect(sectionsOf(times(TEMPLATE_ROWS_MIN - 1, { run_id: 'run_1' }), 'run')[0]?.template).toBeNull();
    expect(sectionsOf(times(TEMPLATE_ROWS_MIN), 'run')[0]?.template).toBeNull();
  });
});
