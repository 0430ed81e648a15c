/** The server's process, as its client sees it. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Told } from "./serve.ts";

export interface Served {
  readonly address: string;
  readonly keys: readonly string[];
  /** Called when events are on disk. */
  onDurable: (told: Extract<Told, { readonly type: "durable" }>) => void;
  /** Resolves when its process has ended. */
  readonly close: () => Promise<void>;
}

/** @param place as of `openStore`. */
export function startServer(place: string, keyCount: number, work: "lists" | "runs"): Promise<Served> {
  const child = fork(join(import.meta.dirname, "serve.ts"), [place, String(keyCount), work]);
  const close = async () => {
    const ended = once(child, "exit");
    child.disconnect();
    await ended;
  };
  return new Promise((resolve, reject) => {
    let served: Served | null = null;
    child.on("exit", () => reject(new Error("The server has ended.")));
    child.on("message", (told: Told) => {
      if (told.type === "durable") {
        served?.onDurable(told);
        return;
      }
      const { address, keys } = told;
      served = { address, keys, onDurable: () => {}, close };
      resolve(served);
    });
  });
}
