/** Recoveries, and processes after a deploy, that forget or mistake what the store says. */
import type { RunState } from "@mycroft/engine";
import { childRunId } from "../child-runs.ts";
import type { Clock } from "../ports/clock.ts";
import type { RunHeader, Store } from "../ports/store.ts";
import { readRun } from "../run-record.ts";
import type { Variant } from "./variant.ts";

/** A recovery that sends attempts again and sets no timer. */
export const recoversWithoutTimers: Variant = (ports) => {
  const { clock, isOpen } = ports;
  const setTimer: Clock["setTimer"] = (dueAt, action) =>
    isOpen() ? clock.setTimer(dueAt, action) : { cancel: () => {} };
  return { ...ports, clock: { ...clock, setTimer } };
};

/** A recovery that lets those sleep on who sleep. */
export const forgetsSleepers: Variant = (ports) => {
  const { clock, store, isOpen } = ports;
  const wakings = new Set<number>();
  const readEvents: Store["readEvents"] = async (runId, ...range) => {
    const { state } = await readRun(store, runId);
    for (const { status, dueAt } of state.tasks.values()) {
      if (status === "sleeping" && dueAt !== null) wakings.add(dueAt);
    }
    return store.readEvents(runId, ...range);
  };
  const setTimer: Clock["setTimer"] = (dueAt, action) =>
    !isOpen() && wakings.has(dueAt) ? { cancel: () => {} } : clock.setTimer(dueAt, action);
  return { ...ports, store: { ...store, readEvents }, clock: { ...clock, setTimer } };
};

/** A recovery that takes over the first run it is shown, and no other. */
export const takesOverOneRun: Variant = (ports) => {
  const { store } = ports;
  const listRuns: Store["listRuns"] = async (query) => {
    const { runs } = await store.listRuns(query);
    return { runs: runs.slice(0, 1), nextCursor: null };
  };
  return { ...ports, store: { ...store, listRuns } };
};

/** A recovery that has nothing to do for a run whose child run has ended meanwhile. */
export const neverTellsParents: Variant = (ports) => {
  const { store, isOpen } = ports;
  const waitsInVain = async ({ runId }: RunHeader): Promise<boolean> => {
    const { state } = await readRun(store, runId);
    const children = await Promise.all(childrenOf(state).map((child) => store.getRun(child)));
    return children.some((child) => child !== undefined && child.status !== "running");
  };
  const listRuns: Store["listRuns"] = async (query) => {
    const page = await store.listRuns(query);
    if (isOpen()) return page;
    const inVain = await Promise.all(page.runs.map(waitsInVain));
    return { ...page, runs: page.runs.filter((_, index) => inVain[index] !== true) };
  };
  return { ...ports, store: { ...store, listRuns } };
};

/** A run goes on with whatever plan its workflow has by now. */
export const followsDeploys: Variant = (ports) => {
  const { store, deployed } = ports;
  const getPlan: Store["getPlan"] = async (hash) => {
    const plan = await store.getPlan(hash);
    return deployed.find(({ workflow }) => workflow.name === plan?.workflow.name) ?? plan;
  };
  return { ...ports, store: { ...store, getPlan } };
};

function childrenOf(state: RunState): readonly string[] {
  return [...state.tasks.values()].flatMap(({ id, status, attempt, step }) =>
    status === "running" && step.work.kind === "run" ? [childRunId(state.runId, { task: id, attempt })] : [],
  );
}
