/** Workers, and orchestrators as workers see them, that break the rules of claiming, reporting and giving up. */
import type { AttemptRequest } from "../ports/gateway.ts";
import type { TaskMessage, TaskQueue } from "../ports/queue.ts";
import type { Store } from "../ports/store.ts";
import { nameOf } from "./executions.ts";
import { ledgerPort } from "./lying-ledger.ts";
import { type Variant, withLedger, withOutside } from "./variant.ts";

/** A message is done when the worker has it, whatever comes of it. */
export const acknowledgesBeforeItReports: Variant = (ports) => {
  const { queue } = ports;
  const consume: TaskQueue["consume"] = (options, handle) =>
    queue.consume(options, (message, delivery) => {
      handle(message, delivery).catch(() => {});
      return Promise.resolve();
    });
  return { ...ports, queue: { ...queue, consume } };
};

export const takesMoreThanItMay: Variant = (ports) => {
  const { queue } = ports;
  const consume: TaskQueue["consume"] = (options, handle) =>
    queue.consume({ ...options, concurrency: 1_000 }, handle);
  return { ...ports, queue: { ...queue, consume } };
};

/** It executes what it has executed before without asking whether that is still wanted. */
export const trustsTheMessage: Variant = (ports) => {
  const known = new Map<string, AttemptRequest>();
  return withLedger(ports, (ledger) => ({
    ...ledgerPort(ledger),
    async claim(message, worker, delivery) {
      const request = (await ledger.claim(message, worker, delivery)) ?? known.get(nameOf(message)) ?? null;
      if (request !== null) known.set(nameOf(message), request);
      return request;
    },
  }));
};

export const isDeafToCancellation: Variant = (ports) =>
  withLedger(ports, (ledger) => ({ ...ledgerPort(ledger), onCancelled: () => () => {} }));

export const ignoresHeartbeats: Variant = (ports) =>
  withLedger(ports, (ledger) => ({
    ...ledgerPort(ledger),
    async claim(message, worker, delivery) {
      const request = await ledger.claim(message, worker, delivery);
      return request === null ? null : { ...request, heartbeatTimeoutMs: null };
    },
  }));

export const waitsWithoutEnd: Variant = (ports) =>
  withLedger(ports, (ledger) => ({
    ...ledgerPort(ledger),
    async claim(message, worker, delivery) {
      const request = await ledger.claim(message, worker, delivery);
      return request === null ? null : { ...request, timeoutMs: request.timeoutMs * 1_000 };
    },
  }));

/** Whatever is reported for a task counts as the result of its newest attempt. */
export const completesWithoutFencing: Variant = (ports) => {
  const { queue } = ports;
  const newest = new Map<string, number>();
  const publish: TaskQueue["publish"] = (messages) => {
    for (const { runId, task, attempt } of messages) newest.set(`${runId}/${task}`, attempt);
    return queue.publish(messages);
  };
  const fenceless = withLedger(ports, (ledger) => ({
    ...ledgerPort(ledger),
    report: (message, outcome, report) => {
      const attempt = newest.get(`${message.runId}/${message.task}`) ?? message.attempt;
      return ledger.report({ ...message, attempt }, outcome, report);
    },
  }));
  return { ...fenceless, queue: { ...queue, publish } };
};

/** A cancellation that forgets the tasks that wait for a retry: their next attempt is sent and claimed all the same. */
export const cancelForgetsRetries: Variant = (ports) => {
  const { store, queue } = ports;
  const requests = new Map<string, AttemptRequest>();
  const failed = new Map<string, TaskMessage>();
  const forgotten = new Set<string>();
  const append: Store["append"] = async (batch) => {
    const outcomes = await store.append(batch);
    for (const { runId, settle } of batch) {
      if (settle?.status !== "cancelled") continue;
      const waiting = [...failed.values()].filter((message) => message.runId === runId);
      const next = waiting.map((message) => ({ ...message, attempt: message.attempt + 1 }));
      for (const message of next) forgotten.add(nameOf(message));
      if (next.length > 0) await queue.publish(next).catch(() => {});
    }
    return outcomes;
  };
  const forgetful = withLedger(ports, (ledger) => ({
    ...ledgerPort(ledger),
    async claim(message, worker, delivery) {
      failed.delete(`${message.runId}/${message.task}`);
      const before = requests.get(nameOf({ ...message, attempt: message.attempt - 1 })) ?? null;
      const request =
        (await ledger.claim(message, worker, delivery)) ?? (forgotten.has(nameOf(message)) ? before : null);
      if (request !== null) requests.set(nameOf(message), { ...request, attempt: message.attempt });
      return request;
    },
    async report(message, outcome, report) {
      const mayRetry = !outcome.ok && outcome.error.retryable;
      if (mayRetry) failed.set(`${message.runId}/${message.task}`, message);
      await ledger.report(message, outcome, report);
    },
  }));
  return { ...forgetful, store: { ...store, append } };
};

/** A cancellation of a task that does not keep it from being executed once more. */
export const startsCancelledTasks: Variant = (ports) => {
  const { queue } = ports;
  const known = new Map<string, { readonly message: TaskMessage; readonly request: AttemptRequest }>();
  const cancelled = new Set<string>();
  const careless = withLedger(ports, (ledger) => ({
    ...ledgerPort(ledger),
    async claim(message, worker, delivery) {
      const task = `${message.runId}/${message.task}`;
      const request = await ledger.claim(message, worker, delivery);
      if (request !== null) known.set(task, { message, request });
      return request ?? (cancelled.has(task) ? (known.get(task)?.request ?? null) : null);
    },
  }));
  return withOutside(careless, (outside) => ({
    ...outside,
    async cancel(runId, reason, task) {
      const wasUnderWay = await outside.cancel(runId, reason, task);
      const started = known.get(`${runId}/${task}`);
      if (!wasUnderWay) return false;
      cancelled.add(`${runId}/${task}`);
      if (started !== undefined) await queue.publish([started.message]).catch(() => {});
      return true;
    },
  }));
};
