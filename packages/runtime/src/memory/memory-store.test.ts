import { storeContract } from "../contracts/index.ts";
import { MemoryStore } from "./memory-store.ts";

storeContract({
  name: "memory",
  open: async () => {
    const store = new MemoryStore();
    return { store, dispose: () => store.close() };
  },
});
