/** A bus that loses every message: nothing that must happen may depend on the bus (P4). */
import type { Bus } from "../ports/bus.ts";

export const deafBus: Bus = {
  publish: () => Promise.resolve("lost"),
  subscribe: () => Promise.resolve({ close: () => Promise.resolve() }),
  deadLetters: () => Promise.resolve([]),
  close: () => Promise.resolve(),
};
