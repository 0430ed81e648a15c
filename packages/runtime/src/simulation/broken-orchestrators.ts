/** Orchestrators that forget what they owe a run, broken at their queue and their clock. */
import type { Clock } from "../ports/clock.ts";
import type { TaskQueue } from "../ports/queue.ts";
import type { Variant } from "./variant.ts";

/** How often an orchestrator looks for silent attempts unless told otherwise: that timer is not a run's. */
const redispatchEveryMs = 60_000;

/** A recovery that sends attempts again and sets no timer. */
export const recoversWithoutTimers: Variant = (ports) => {
  const { clock, isOpen } = ports;
  const setTimer: Clock["setTimer"] = (dueAt, action) => {
    const isOfRun = dueAt !== clock.now() + redispatchEveryMs;
    return isOpen() || !isOfRun ? clock.setTimer(dueAt, action) : { cancel: () => {} };
  };
  return { ...ports, clock: { ...clock, setTimer } };
};

/** A retry that goes out under the token of the attempt before. */
export const retriesUnderTheOldToken: Variant = (ports) => {
  const { queue } = ports;
  const publish: TaskQueue["publish"] = (messages) =>
    queue.publish(messages.map((message) => ({ ...message, attempt: Math.max(1, message.attempt - 1) })));
  return { ...ports, queue: { ...queue, publish } };
};

/** A reconciler that never sends an attempt again that this process has sent. */
export const neverRedispatches: Variant = (ports) => {
  const { queue } = ports;
  const sent = new Set<string>();
  const publish: TaskQueue["publish"] = async (messages) => {
    const keys = messages.map(({ runId, task, attempt }) => `${runId}/${task}#${attempt}`);
    const fresh = messages.filter((_, index) => !sent.has(keys[index] ?? ""));
    if (fresh.length > 0) await queue.publish(fresh);
    for (const key of keys) sent.add(key);
  };
  return { ...ports, queue: { ...queue, publish } };
};
