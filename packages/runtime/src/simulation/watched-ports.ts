/** Ports that tell the witness what passes through them. */
import type { JsonValue } from "@mycroft/engine";
import { MycroftError } from "@mycroft/errors";
import type { AttemptLedger } from "../ports/attempt-ledger.ts";
import type { Bus } from "../ports/bus.ts";
import type { TaskQueue } from "../ports/queue.ts";
import type { Store } from "../ports/store.ts";
import { deafBus } from "./deaf-bus.ts";
import { ledgerPort } from "./lying-ledger.ts";
import type { SeededRandom } from "./seeded-random.ts";
import type { Witness } from "./witness.ts";

export function watchedStore(store: Store, witness: Witness): Store {
  return {
    ...store,
    append: async (batch) => {
      const outcomes = await store.append(batch);
      witness.hears(batch.filter((_, index) => outcomes[index] === "stored"));
      return outcomes;
    },
  };
}

export function watchedQueue(queue: TaskQueue, witness: Witness): TaskQueue {
  return {
    publish: (messages) => {
      for (const message of messages) witness.queues(message);
      return queue.publish(messages);
    },
    consume: (options, handle) =>
      queue.consume(options, async (message, delivery) => {
        await handle(message, delivery);
        witness.acknowledges(message);
      }),
    depth: (pool) => queue.depth(pool),
    close: () => Promise.resolve(),
  };
}

/** Nothing that must happen may depend on the bus (P4): nobody listens here but the witness. */
export function watchedBus(random: SeededRandom, refusal: number, witness: Witness): Bus {
  return {
    ...deafBus,
    publish: async (_, { body }: { readonly body: JsonValue }) => {
      witness.announces(body);
      if (random.chance(refusal)) throw new MycroftError("BUS_CLOSED", "simulated: the bus is away");
      return "lost";
    },
  };
}

export function watchedLedger(ledger: AttemptLedger, witness: Witness): AttemptLedger {
  return {
    ...ledgerPort(ledger),
    async claim(message, worker, delivery) {
      const request = await ledger.claim(message, worker, delivery);
      if (request === null) witness.refusesClaim(message);
      else witness.claims(message, request);
      return request;
    },
    handBack(message, worker) {
      ledger.handBack(message, worker);
      witness.handsBack(message);
    },
    async report(message, outcome, report) {
      witness.isToldOutcome(message);
      await ledger.report(message, outcome, report);
      witness.isReported(message);
    },
  };
}
