/** The server's process, as its client sees it. */
import { fork } from "node:child_process";
import { join } from "node:path";
import type { Told } from "./serve.ts";

export interface Served {
  readonly address: string;
  readonly keys: readonly string[];
  /** Called when events are on disk. */
  onDurable: (told: Extract<Told, { readonly type: "durable" }>) => void;
  readonly close: () => void;
}

export function startServer(folder: string, keyCount: number, work: "lists" | "runs"): Promise<Served> {
  const child = fork(join(import.meta.dirname, "serve.ts"), [folder, String(keyCount), work]);
  return new Promise((resolve, reject) => {
    let served: Served | null = null;
    child.on("exit", () => reject(new Error("The server has ended.")));
    child.on("message", (told: Told) => {
      if (told.type === "durable") {
        served?.onDurable(told);
        return;
      }
      const { address, keys } = told;
      served = { address, keys, onDurable: () => {}, close: () => child.disconnect() };
      resolve(served);
    });
  });
}
