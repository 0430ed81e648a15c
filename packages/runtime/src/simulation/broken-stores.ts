/** Stores, and dealings with stores, that break what a store owes. */
import { apply, createRun, defaultPool, indexPlan, type Plan, type RunState } from "@mycroft/engine";
import { MycroftError } from "@mycroft/errors";
import type { RunAppend, Store } from "../ports/store.ts";
import { readRun } from "../run-record.ts";
import type { Variant } from "./variant.ts";

const commitLateMs = 200;

/** What it has acknowledged dies with the process. */
export const acknowledgesBeforeItCommits: Variant = (ports) => {
  const { store, clock } = ports;
  const append: Store["append"] = (batch) => {
    clock.setTimer(clock.now() + commitLateMs, () => void store.append(batch).catch(() => {}));
    return Promise.resolve(batch.map(() => "stored" as const));
  };
  return { ...ports, store: { ...store, append } };
};

/** Of every other batch it stores the first half, and says that it has stored nothing. */
export const tearsBatches: Variant = (ports) => {
  const { store } = ports;
  let batches = 0;
  const append: Store["append"] = async (batch) => {
    batches += 1;
    if (batches % 2 === 0) return store.append(batch);
    await store.append(batch.slice(0, Math.ceil(batch.length / 2)));
    throw new MycroftError("STORE_FULL", "simulated: torn");
  };
  return { ...ports, store: { ...store, append } };
};

/** Reads the history back without its last event. */
export const losesTheLastEvent: Variant = (ports) => {
  const { store } = ports;
  const readEvents: Store["readEvents"] = async (...range) => (await store.readEvents(...range)).slice(0, -1);
  return { ...ports, store: { ...store, readEvents } };
};

/** An orchestrator that sends attempts when it has decided on them, not when that is durable. */
export const sendsBeforeItIsDurable: Variant = (ports) => {
  const { store, queue } = ports;
  const states = new Map<string, RunState>();
  const plans = new Map<string, Plan>();
  const stateOf = async ({ runId, create }: RunAppend): Promise<RunState | undefined> => {
    const plan = create === undefined ? undefined : plans.get(create.planHash);
    if (create === undefined) return states.get(runId) ?? (await readRun(store, runId)).state;
    return plan === undefined ? undefined : createRun(indexPlan(plan), runId);
  };
  const append: Store["append"] = async (batch) => {
    for (const part of batch) {
      const state = await stateOf(part);
      if (state === undefined) continue;
      states.set(part.runId, state);
      const commands = part.events.flatMap((event) => apply(state, event));
      const starts = commands.filter((command) => command.type === "startAttempt");
      const messages = starts.map(({ task, attempt, pool = defaultPool, priority = 0 }) => ({
        runId: part.runId,
        task,
        attempt,
        pool,
        priority,
      }));
      await queue.publish(messages).catch(() => {});
    }
    return store.append(batch);
  };
  const putPlan: Store["putPlan"] = (plan) => {
    plans.set(plan.hash, plan);
    return store.putPlan(plan);
  };
  return { ...ports, store: { ...store, append, putPlan } };
};
