/**
 * Those outside, who use a process of their own and, now and then, an orchestrator's: whatever that is just then, it does what
 * they ask, or they are told that it is away, and ask again.
 */
import { asMycroftError, MycroftError } from "@mycroft/errors";
import type { StartRun } from "../../run-starts.ts";
import type { RunClient } from "../../shared/run-client.ts";
import { shardOf } from "../../shared/shard-of.ts";
import type { SharedOrchestrator } from "../../shared/shared-orchestrator.ts";
import { type Outside, retryMs } from "../clients/outside.ts";
import type { RunNames } from "../run-names.ts";
import type { SeededRandom } from "../seeded-random.ts";

export interface Reachable {
  readonly orchestrator: SharedOrchestrator;
  /** Rejects when its process has died. */
  readonly death: Promise<never>;
}

export interface ClusterOutsideOptions {
  readonly client: RunClient;
  readonly orchestrators: () => readonly Reachable[];
  readonly random: SeededRandom;
  readonly pause: (forMs: number) => Promise<void>;
  readonly names: RunNames;
}

export function clusterOutside({
  client,
  orchestrators,
  random,
  pause,
  names,
}: ClusterOutsideOptions): Outside {
  const askAt = async <T>(
    there: readonly Reachable[],
    request: (of: RunClient | SharedOrchestrator) => Promise<T>,
  ): Promise<T> => {
    const one = random.chance(0.3) ? there[random.below(there.length)] : undefined;
    if (one === undefined) return request(client);
    try {
      return await Promise.race([request(one.orchestrator), one.death]);
    } catch (thrown) {
      if (asMycroftError(thrown).code !== "STORE_CLOSED") throw thrown;
      throw new MycroftError("SERVER_UNREACHABLE", "simulated: the process has left", { cause: thrown });
    }
  };
  const ask = <T>(request: (of: RunClient | SharedOrchestrator) => Promise<T>) =>
    askAt(orchestrators(), request);
  /** Those that may give the run its name: an orchestrator begins runs of its own shards. */
  const beginners = () => {
    const shard = shardOf(names.wanted ?? "");
    return orchestrators().filter(({ orchestrator }) => orchestrator.shards.includes(shard));
  };
  // Elsewhere no two processes give a run the same id: what each creates is told from what others do.
  const begin = (of: RunClient | SharedOrchestrator, start: StartRun) =>
    of.startRun(of === client ? start : { ...start, tags: [...(start.tags ?? []), "begun-elsewhere"] });
  return {
    startRun: (start) => askAt(beginners(), (of) => begin(of, start)),
    fork: (fork) => client.fork(fork),
    retry: (runId) => client.retry(runId),
    cancel: (runId, reason, task) => ask((of) => of.cancel(runId, reason, task)),
    signal: (runId, signal) => ask((of) => of.signal(runId, signal)),
    decide: (runId, approval) => ask((of) => of.decide(runId, approval)),
    waitFor: async (runId) => {
      for (;;) {
        try {
          return await ask((of) => of.waitFor(runId));
        } catch (thrown) {
          if (!asMycroftError(thrown).retryable) throw thrown;
          await pause(retryMs);
        }
      }
    },
  };
}
