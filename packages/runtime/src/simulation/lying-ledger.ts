/**
 * A ledger whose reporters lie: beside what a worker reports come results under tokens that are over, or that nobody was
 * given yet, at once or late (E10). Each is out of place for certain, whoever sends it.
 */
import type { AttemptLedger } from "../ports/attempt-ledger.ts";
import type { Clock } from "../ports/clock.ts";
import type { TaskMessage } from "../ports/queue.ts";
import { strayOutcome } from "./agents.ts";
import type { SeededRandom } from "./seeded-random.ts";

const latestMs = 60_000;

export function lyingLedger(
  ledger: AttemptLedger,
  clock: Clock,
  random: SeededRandom,
  probability: number,
): AttemptLedger {
  const lie = (message: TaskMessage): void => {
    if (!random.chance(probability)) return;
    const tell = () => {
      const report = { startedAt: clock.now(), worker: "liar" };
      ledger.report(message, strayOutcome("lie"), report).catch(() => {});
    };
    if (random.chance(0.5)) tell();
    else clock.setTimer(clock.now() + random.below(latestMs), tell);
  };
  return {
    async claim(message) {
      const request = await ledger.claim(message);
      if (request !== null && message.attempt > 1) {
        lie({ ...message, attempt: 1 + random.below(message.attempt - 1) });
      }
      if (request !== null && random.chance(0.2)) {
        const report = { startedAt: clock.now(), worker: "liar" };
        const early = { ...message, attempt: message.attempt + 1 };
        if (random.chance(probability))
          void ledger.report(early, strayOutcome("early"), report).catch(() => {});
      }
      return request;
    },
    async report(message, outcome, report) {
      await ledger.report(message, outcome, report);
      lie(message);
    },
    onCancelled: (listener) => ledger.onCancelled(listener),
  };
}
