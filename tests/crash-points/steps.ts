import type { JsonObject } from '@proviso/contracts';
import type { Simulation } from './simulation.ts';

/** What somebody does to the action of a simulation. */
export type Step = (simulation: Simulation) => Promise<unknown>;

export const wake: Step = (simulation) => simulation.deliverWakeUps();
export const approve: Step = (simulation) => simulation.approve();
export const approveAsReviewer: Step = (simulation) => simulation.approve('reviewer');
export const cancel: Step = (simulation) => simulation.cancel();
export const runNow: Step = (simulation) => simulation.runNow();
export const settle: Step = (simulation) => simulation.settle();

/** Creates an action, and takes these steps one after the other. */
export const create =
  (type: string, params: JsonObject, more: () => JsonObject, ...steps: Step[]) =>
  async (simulation: Simulation): Promise<void> => {
    await simulation.create(type, params, more());
    for (const step of steps) await step(simulation);
  };
