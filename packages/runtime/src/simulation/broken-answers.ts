/** Orchestrators that deal wrongly with what those outside, or a scheduler, ask of them. */
import { describeTasks } from "@mycroft/engine";
import type { DocumentWrite, RunAppend, Store } from "../ports/store.ts";
import { readRun } from "../run-record.ts";
import { scheduleCollection } from "../scheduler/schedule-state.ts";
import { type Variant, withOutside } from "./variant.ts";

/** A signal that comes before its wait is forgotten. */
export const forgetsEarlySignals: Variant = (ports) =>
  withOutside(ports, (outside) => ({
    ...outside,
    async signal(runId, signal) {
      const { state } = await readRun(ports.store, runId);
      const { signal: name, key = null } = signal;
      const isAwaited = describeTasks(state).some(
        ({ waitsFor }) => waitsFor?.kind === "signal" && waitsFor.signal === name && waitsFor.key === key,
      );
      if (isAwaited || state.result !== null) await outside.signal(runId, signal);
    },
  }));

/** A verdict counts for the next task that waits for one, too. */
export const countsApprovalsTwice: Variant = (ports) =>
  withOutside(ports, (outside) => ({
    ...outside,
    async decide(runId, approval) {
      const task = await outside.decide(runId, approval);
      const { state } = await readRun(ports.store, runId);
      const next = describeTasks(state).find(({ waitsFor }) => waitsFor?.kind === "approval");
      if (next !== undefined) await outside.decide(runId, { ...approval, task: next.id }).catch(() => {});
      return task;
    },
  }));

/** A fork begins from nothing, whatever it is to begin from. */
export const carriesNothing: Variant = (ports) =>
  withOutside(ports, (outside) => ({
    ...outside,
    async fork(fork) {
      const { state } = await readRun(ports.store, fork.runId);
      return outside.fork({ ...fork, from: [...state.tasks.keys()] });
    },
  }));

/** An attempt's child run is started twice. */
export const startsChildrenTwice: Variant = (ports) => {
  const { store } = ports;
  const append: Store["append"] = async (batch) => {
    const twins = batch.flatMap(({ runId, create, ...rest }): RunAppend[] =>
      create === undefined || create.parent === null
        ? []
        : [{ ...rest, runId: `${runId}-2`, create: { ...create, runId: `${runId}-2` } }],
    );
    const outcomes = await store.append([...batch, ...twins]);
    return outcomes.slice(0, batch.length);
  };
  return { ...ports, store: { ...store, append } };
};

/** A cancellation stays with the parent: what its child runs are told of it never gets to the disk. */
export const sparesChildren: Variant = (ports) => {
  const { store } = ports;
  const sparing = async (part: RunAppend): Promise<RunAppend> => {
    const isChild = (await store.getRun(part.runId))?.parent != null;
    if (!isChild || !part.events.some(({ type }) => type === "cancelRequested")) return part;
    const { settle: _, ...rest } = part;
    const events = part.events.map((event) =>
      event.type === "cancelRequested"
        ? ({ type: "timerFired", at: event.at, timer: "lost" } as const)
        : event,
    );
    return { ...rest, events };
  };
  const append: Store["append"] = async (batch) => store.append(await Promise.all(batch.map(sparing)));
  return { ...ports, store: { ...store, append } };
};

/** A scheduler whose firings have no keys: what it does not know to have done, it does again. */
export const firesTwice: Variant = (ports) => {
  const { store } = ports;
  const findRunByStartKey: Store["findRunByStartKey"] = (startKey) =>
    startKey.startsWith("schedule/") ? Promise.resolve(undefined) : store.findRunByStartKey(startKey);
  return {
    ...ports,
    store: { ...store, findRunByStartKey },
    scheduled: (inner) => {
      const runs = ports.scheduled(inner);
      return {
        startRun: ({ startKey: _, ...start }) => runs.startRun(start),
        waitFor: (runId) => runs.waitFor(runId),
        cancel: (runId, reason) => runs.cancel(runId, reason),
      };
    },
  };
};

/** A scheduler that begins with what is to come, whatever it has missed. */
export const forgetsMissedFirings: Variant = (ports) => {
  const { store, clock } = ports;
  const getDocument: Store["getDocument"] = async (collection, id) => {
    const document = await store.getDocument(collection, id);
    if (document === undefined || collection !== scheduleCollection) return document;
    const place = new Date(clock.now()).toISOString();
    return { ...document, value: { ...(document.value as object), place } as DocumentWrite["value"] };
  };
  return { ...ports, store: { ...store, getDocument } };
};
