import { storeContract } from "../contracts/index.ts";
import { MemoryStore } from "./memory-store.ts";

storeContract({
  name: "memory",
  open: async () => {
    let shiftMs = 0;
    const store = new MemoryStore({ now: () => Date.now() + shiftMs });
    const shiftClock = (byMs: number): void => {
      shiftMs += byMs;
    };
    return { store, shiftClock, dispose: () => store.close() };
  },
  histories: 200,
});
