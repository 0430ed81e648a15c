/** How Mycroft's processes find the servers of a turn, and what they have in common. */
import type { ClusterOptions } from "@mycroft/distributed";
import type { MycroftError } from "@mycroft/errors";

/** Of servers on 127.0.0.1. */
export interface ClusterPorts {
  readonly postgres: number;
  readonly redis: number;
}

/** How many tasks a worker process has in hand at once; the same for BullMQ's workers. */
export const concurrency = 50;

export function clusterOptions({
  postgres,
  redis,
}: ClusterPorts): ClusterOptions & { readonly onError: (error: MycroftError) => void } {
  return {
    store: `postgres://postgres@127.0.0.1:${postgres}/postgres`,
    queue: `redis://127.0.0.1:${redis}`,
    onError: ({ code, message }) => console.error(`${code}: ${message}`),
  };
}
