/** Offers, letters and processes as orchestrators and workers would hand them to a shared store. */
import type {
  AttemptKey,
  AttemptOffer,
  HandedBack,
  Letter,
  ProcessStatus,
  SharedAppend,
  SharedStore,
} from "../ports/shared-store.ts";
import { shardCount, shardOf } from "../shared/shard-of.ts";
import { creation, succeeded } from "./sample-runs.ts";

export const allShards: readonly number[] = Array.from({ length: shardCount }, (_, shard) => shard);

/** Longer than any test takes. */
export const longMs = 3_600_000;

export function key(task: string, runId = "run-1", attempt = 1): AttemptKey {
  return { runId, task, attempt };
}

export function sampleOffer(
  { runId, task, attempt }: AttemptKey,
  changes: { readonly pool?: string; readonly priority?: number } & Partial<
    Pick<AttemptOffer, "rateLimit">
  > & {
      readonly agent?: string;
      readonly input?: AttemptOffer["request"]["input"];
    } = {},
): AttemptOffer {
  const { pool = "default", priority = -180_000_000, agent = "trend", input = { subject: "AAPL" } } = changes;
  return {
    message: { runId, task, attempt, pool, priority },
    request: {
      runId,
      task,
      step: "trend",
      attempt,
      target: { kind: "agent", name: agent },
      input,
      asOf: "2020-02-28",
      timeoutMs: 60_000,
      heartbeatTimeoutMs: null,
      cacheTtlMs: null,
      idempotencyKey: `${runId}/${task}`,
    },
    rateLimit: changes.rateLimit ?? null,
  };
}

/** The letter that tells of an attempt's outcome. */
export function outcomeLetter(
  id: string,
  of: AttemptKey,
  output: AttemptOffer["request"]["input"] = "up",
): Letter {
  return {
    id,
    runId: of.runId,
    body: {
      kind: "outcome",
      key: of,
      outcome: { ok: true, output, version: "1.2.3" },
      report: { startedAt: 1_500, worker: "worker-1", version: "1.2.3" },
    },
  };
}

export function beginLetter(id: string, runId = "run-1"): Letter {
  return { id, runId, body: { kind: "begin" } };
}

/** The append that follows the first event of a run, with what else changes. */
export function nextAppend(runId: string, outbox: SharedAppend["outbox"] & {}, fromSeq = 1): SharedAppend {
  return { runId, fromSeq, events: [succeeded(`at ${fromSeq}`, fromSeq)], outbox };
}

export function backAgain(of: AttemptKey, againInMs = 0, reason: string | null = null): HandedBack {
  return { key: of, againInMs, reason };
}

export function orchestrator(name: string): ProcessStatus {
  const version = "0.1.0+abc1234";
  return { name, kind: "orchestrator", host: "noon", pid: 4_321, startedAt: 1_000, pools: {}, version };
}

export async function offerAll(store: SharedStore, keys: readonly AttemptKey[]): Promise<void> {
  await store.ensureOffers(keys.map((one) => sampleOffer(one)));
}

/** Everything that is due now, taken, as `task` of each. It is due again when no test runs any more. */
export async function takenTasks(store: SharedStore, limit = 1_000): Promise<readonly string[]> {
  const due = await store.takeDue({ shards: allShards, limit, againInMs: longMs });
  return due.map(({ task }) => task);
}

export async function letterIds(
  store: SharedStore,
  except: readonly string[] = [],
): Promise<readonly string[]> {
  const letters = await store.readLetters({ shards: allShards, limit: 1_000, except });
  return letters.map(({ id }) => id);
}

/** What each claim was answered: granted or not, or to be asked again. */
export async function claims(
  store: SharedStore,
  worker: string,
  keys: readonly AttemptKey[],
  leaseMs = longMs,
): Promise<readonly ("granted" | "later" | "no")[]> {
  const answers = await store.claimAttempts(worker, leaseMs, keys);
  return answers.map((answer) => (answer === null ? "no" : "request" in answer ? "granted" : "later"));
}

/** Ids of runs of `count` shards, one in each, with the shards. */
export function runsOfShards(count: number): readonly { readonly runId: string; readonly shard: number }[] {
  const found = new Map<number, string>();
  for (let index = 0; found.size < count; index += 1) {
    const runId = `run-${index}`;
    if (!found.has(shardOf(runId))) found.set(shardOf(runId), runId);
  }
  return Array.from(found, ([shard, runId]) => ({ runId, shard }));
}

export async function createRun(store: SharedStore, runId = "run-1"): Promise<void> {
  await store.append([creation(runId)]);
}
