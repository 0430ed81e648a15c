/**
 * A ledger whose reporters lie: beside what a worker reports come results under tokens that are over, or that nobody was
 * given yet, at once or late (E10), and somebody renews and hands back leases that are not theirs. Each is out of place for
 * certain, whoever sends it.
 */
import type { AttemptLedger } from "../ports/attempt-ledger.ts";
import type { Clock } from "../ports/clock.ts";
import type { TaskMessage } from "../ports/queue.ts";
import { strayOutcome } from "./agents.ts";
import type { SeededRandom } from "./seeded-random.ts";

const latestMs = 60_000;
const liar = "liar";

export function lyingLedger(
  ledger: AttemptLedger,
  clock: Clock,
  random: SeededRandom,
  probability: number,
): AttemptLedger {
  const tell = (message: TaskMessage, what: string) => {
    const report = { startedAt: clock.now(), worker: liar };
    ledger.report(message, strayOutcome(what), report).catch(() => {});
  };
  const lie = (message: TaskMessage): void => {
    if (!random.chance(probability)) return;
    if (random.chance(0.5)) tell(message, "lie");
    else clock.setDelay(random.below(latestMs), () => tell(message, "lie"));
  };
  return {
    ...ledgerPort(ledger),
    async claim(message, worker, delivery) {
      const request = await ledger.claim(message, worker, delivery);
      if (request === null) return null;
      if (message.attempt > 1) lie({ ...message, attempt: 1 + random.below(message.attempt - 1) });
      if (random.chance(0.2 * probability)) tell({ ...message, attempt: message.attempt + 1 }, "early");
      if (random.chance(0.2 * probability)) ledger.handBack(message, liar);
      return request;
    },
    renew(worker, attempts) {
      ledger.renew(worker, attempts);
      if (random.chance(probability)) ledger.renew(liar, attempts);
    },
    async report(message, outcome, report) {
      await ledger.report(message, outcome, report);
      lie(message);
    },
  };
}

/** A ledger as an object whose methods can be taken one by one. */
export function ledgerPort(ledger: AttemptLedger): AttemptLedger {
  return {
    leaseMs: ledger.leaseMs,
    claim: (message, worker, delivery) => ledger.claim(message, worker, delivery),
    renew: (worker, attempts) => ledger.renew(worker, attempts),
    handBack: (message, worker) => ledger.handBack(message, worker),
    report: (message, outcome, report) => ledger.report(message, outcome, report),
    onCancelled: (listener) => ledger.onCancelled(listener),
  };
}
