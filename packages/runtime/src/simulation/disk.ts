/** What is on disk, whatever becomes of processes: runs and documents, watched as they become durable. */
import { MemoryStore } from "../memory/memory-store.ts";
import type { DocumentWrite, RunAppend, Store } from "../ports/store.ts";
import { storePort } from "./store-port.ts";

export interface DiskOptions {
  readonly now: () => number;
  readonly onRun: (append: RunAppend) => void;
  readonly onDocument: (write: DocumentWrite) => void;
}

/** What it says it has stored is stored. */
export function simulatedDisk({ now, onRun, onDocument }: DiskOptions): Store {
  const disk = storePort(new MemoryStore({ now }));
  return {
    ...disk,
    append: async (batch) => {
      const outcomes = await disk.append(batch);
      for (const [index, append] of batch.entries()) if (outcomes[index] === "stored") onRun(append);
      return outcomes;
    },
    putDocument: async (write) => {
      const outcome = await disk.putDocument(write);
      if (outcome === "stored") onDocument(write);
      return outcome;
    },
  };
}
