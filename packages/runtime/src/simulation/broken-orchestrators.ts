/** Orchestrators that forget what they owe a run, broken at their queue and their ledger. */
import type { TaskMessage, TaskQueue } from "../ports/queue.ts";
import { nameOf } from "./executions.ts";
import { ledgerPort } from "./lying-ledger.ts";
import { type ProcessPorts, type Variant, withLedger } from "./variant.ts";

/** A retry that goes out under the token of the attempt before. */
export const retriesUnderTheOldToken: Variant = (ports) => {
  const { queue } = ports;
  const publish: TaskQueue["publish"] = (messages) =>
    queue.publish(messages.map((message) => ({ ...message, attempt: Math.max(1, message.attempt - 1) })));
  return { ...ports, queue: { ...queue, publish } };
};

/** A dispatcher that never sends an attempt again that this process has sent. */
export const neverSendsAgain: Variant = (ports) => {
  const { queue } = ports;
  const sent = new Set<string>();
  const publish: TaskQueue["publish"] = async (messages) => {
    const fresh = messages.filter((message) => !sent.has(nameOf(message)));
    if (fresh.length > 0) await queue.publish(fresh);
    for (const message of messages) sent.add(nameOf(message));
  };
  return { ...ports, queue: { ...queue, publish } };
};

/** Whoever has claimed an attempt keeps its lease, however silent. */
export const leasesForEver: Variant = (ports) => {
  const { clock } = ports;
  const claimed = new Map<string, Map<string, TaskMessage>>();
  return withLedger(ports, (ledger) => {
    const renew = () => {
      for (const [worker, attempts] of claimed) ledger.renew(worker, [...attempts.values()]);
      if (claimed.size > 0) clock.setDelay(ledger.leaseMs / 3, renew);
    };
    return {
      ...ledgerPort(ledger),
      async claim(message, worker, delivery) {
        const request = await ledger.claim(message, worker, delivery);
        if (request === null) return null;
        if (claimed.size === 0) clock.setDelay(ledger.leaseMs / 3, renew);
        const attempts = claimed.get(worker) ?? new Map();
        claimed.set(worker, attempts.set(nameOf(message), message));
        return request;
      },
      async report(message, outcome, report) {
        await ledger.report(message, outcome, report);
        claimed.get(report.worker)?.delete(nameOf(message));
        if (claimed.get(report.worker)?.size === 0) claimed.delete(report.worker);
      },
    };
  });
};

/** Slots are counted: one less when an attempt goes out, one more whenever something is heard of it. */
export const releasesSlotsTwice: Variant = (ports) =>
  withCounters(ports, (release) => ({ onRefused: release, onReported: release }));

/** Slots are counted, and only a report gives one back. */
export const leaksSlots: Variant = (ports) =>
  withCounters(ports, (release) => ({ onRefused: () => {}, onReported: release }));

export const callsAsOftenAsItLikes: Variant = (ports) => ({
  ...ports,
  dispatch: { ...ports.dispatch, rateLimits: {} },
});

interface SlotEvents {
  readonly onRefused: (message: TaskMessage) => void;
  readonly onReported: (message: TaskMessage) => void;
}

/** Takes the pools' limits away from the dispatcher, and holds them with a counter at the queue instead. */
function withCounters(
  ports: ProcessPorts,
  events: (release: (message: TaskMessage) => void) => SlotEvents,
): ProcessPorts {
  const { queue, dispatch } = ports;
  const pools = dispatch.pools ?? {};
  const free = new Map(Object.entries(pools).map(([pool, { slots }]) => [pool, slots]));
  const waiting: TaskMessage[] = [];
  const send = () => {
    for (const message of [...waiting]) {
      const left = free.get(message.pool) ?? Number.POSITIVE_INFINITY;
      if (left <= 0) continue;
      free.set(message.pool, left - 1);
      waiting.splice(waiting.indexOf(message), 1);
      queue.publish([message]).catch(() => {});
    }
  };
  const publish: TaskQueue["publish"] = async (messages) => {
    waiting.push(...messages);
    send();
  };
  const { onRefused, onReported } = events(({ pool }) => {
    free.set(pool, (free.get(pool) ?? Number.POSITIVE_INFINITY) + 1);
    send();
  });
  const unlimited = Object.fromEntries(Object.keys(pools).map((pool) => [pool, { slots: 100_000 }]));
  const counted = withLedger(ports, (ledger) => ({
    ...ledgerPort(ledger),
    async claim(message, worker, delivery) {
      const request = await ledger.claim(message, worker, delivery);
      if (request === null) onRefused(message);
      return request;
    },
    async report(message, outcome, report) {
      await ledger.report(message, outcome, report);
      onReported(message);
    },
  }));
  return { ...counted, queue: { ...queue, publish }, dispatch: { ...dispatch, pools: unlimited } };
}
