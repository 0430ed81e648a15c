import { sharedStoreContract, storeContract } from "../contracts/index.ts";
import { MemorySharedStore } from "./memory-shared-store.ts";

storeContract({
  name: "shared memory",
  open: async () => {
    let shiftMs = 0;
    const store = new MemorySharedStore({ now: () => Date.now() + shiftMs });
    const shiftClock = (byMs: number): void => {
      shiftMs += byMs;
    };
    return { store, shiftClock, dispose: () => store.close() };
  },
});

sharedStoreContract({
  name: "shared memory",
  open: async () => {
    const store = new MemorySharedStore();
    return { store, another: async () => store, dispose: () => store.close() };
  },
  histories: 200,
});
