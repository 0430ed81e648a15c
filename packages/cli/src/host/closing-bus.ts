/** A bus that does something before it closes: when whoever publishes has said all, and everything can still be read. */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Bus } from "@mycroft/runtime";

export function closingAfter(bus: Bus, act: () => Promise<void>): Bus {
  return {
    publish: (topic, message) => bus.publish(topic, message),
    subscribe: (topic, options, handle) => bus.subscribe(topic, options, handle),
    deadLetters: (topic) => bus.deadLetters(topic),
    async close() {
      // What was published last is delivered in this turn.
      await nextTurn();
      await act();
      await bus.close();
    },
  };
}
