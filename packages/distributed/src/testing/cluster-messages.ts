/** What a process of a test's cluster is told when it is started, and what it says: a line of JSON each. */
import { writeSync } from "node:fs";

export interface ClusterProcessSettings {
  readonly kind: "orchestrator" | "worker";
  /** Unique in the cluster. */
  readonly name: string;
  readonly storeUrl: string;
  readonly queueUrl: string;
  readonly cluster: string;
  /** How long leases and the queue's locks last, so that tests need not wait for long. Null: all is as users have it. */
  readonly leaseMs: number | null;
  /** Of the code that it runs; version 2 has a function more. */
  readonly version: 1 | 2;
  /** What its machine's clock is off by. */
  readonly shiftMs?: number;
  /** A worker that never renews what it has in hand. */
  readonly neverRenews?: boolean;
}

/** Each is said when it is so. */
export type Announcement =
  /** It works. `now` is what its machine's clock shows. */
  | { readonly type: "ready"; readonly now: number }
  /** An orchestrator has the runs of a shard. */
  | { readonly type: "taken"; readonly shard: number }
  | { readonly type: "lost"; readonly shard: number }
  /** An attempt begins. */
  | {
      readonly type: "execution";
      readonly runId: string;
      readonly task: string;
      readonly attempt: number;
      readonly target: string;
      readonly key: string;
    }
  /** Something failed that nobody waits for. */
  | { readonly type: "failure"; readonly code: string; readonly message: string }
  /** It has closed everything. */
  | { readonly type: "closed" };

export type Execution = Extract<Announcement, { readonly type: "execution" }>;

/** Written before it returns, so that it is heard even if the process is killed right after. */
export function announce(announcement: Announcement): void {
  const line = Buffer.from(`${JSON.stringify(announcement)}\n`);
  for (let from = 0; from < line.length; ) {
    try {
      from += writeSync(1, line, from);
    } catch (thrown) {
      // A pipe that is full for the moment.
      if ((thrown as NodeJS.ErrnoException).code !== "EAGAIN") throw thrown;
    }
  }
}
