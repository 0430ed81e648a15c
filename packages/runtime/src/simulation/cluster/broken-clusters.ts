/**
 * Clusters that are broken on purpose, each in one way, by wrapping the ports of their processes or the store's server: what the
 * simulator must notice, by which rules, and within how many seeds.
 */
import type { OutboxChange, SharedAppend, SharedStore } from "../../ports/shared-store.ts";
import type { AppendOutcome } from "../../ports/store.ts";
import { shardCount } from "../../shared/shard-of.ts";
import { nameOf } from "../executions.ts";
import type { Rule } from "../rules.ts";
import type { ClusterPorts, ClusterVariant } from "./cluster-variant.ts";
import { sharedStorePort } from "./shared-store-port.ts";

export interface BrokenCluster {
  readonly name: string;
  readonly variant: ClusterVariant;
  readonly caughtBy: readonly Rule[];
  /** Counted from seed 1. */
  readonly withinSeeds: number;
}

const allShards = Array.from({ length: shardCount }, (_, shard) => shard);

export const brokenClusters: readonly BrokenCluster[] = [
  {
    name: "an orchestrator that publishes before the commit, and offers nothing",
    variant: { orchestrator: publishesBeforeTheCommit },
    caughtBy: ["queued", "stopped"],
    withinSeeds: 5,
  },
  {
    name: "letters that are taken outside the transaction",
    variant: { orchestrator: takesLettersLater },
    caughtBy: ["letters"],
    withinSeeds: 5,
  },
  {
    name: "a takeover that does not read the letters that it finds",
    variant: { orchestrator: passesOverOldLetters },
    caughtBy: ["carriedOn", "leftOver", "settles"],
    withinSeeds: 20,
  },
  {
    name: "shards that are never given up, over a store that does not look where an append belongs",
    variant: { orchestrator: keepsItsShards, server: ignoresPlaces },
    caughtBy: ["fenced"],
    withinSeeds: 100,
  },
  {
    name: "a claim that ignores leases",
    variant: { server: ignoresLeases },
    caughtBy: ["wanted"],
    withinSeeds: 50,
  },
  {
    name: "a relay that never looks for what is due",
    variant: {
      orchestrator: ({ store, ...ports }) => ({ ...ports, store: { ...store, takeDue: async () => [] } }),
    },
    caughtBy: ["carriedOn"],
    withinSeeds: 50,
  },
];

/** With what it has decided on, before that is durable. */
function publishesBeforeTheCommit({ store, queue, clock }: ClusterPorts): ClusterPorts {
  const append: SharedStore["append"] = async (batch) => {
    const offers = batch.flatMap(({ outbox }) => outbox?.offers ?? []);
    await queue.publish(offers.map(({ message }) => message)).catch(() => {});
    return store.append(batch.map((one) => withOutbox(one, { offers: [] })));
  };
  return { store: { ...store, append }, queue, clock };
}

function takesLettersLater({ store, ...ports }: ClusterPorts): ClusterPorts {
  const append: SharedStore["append"] = async (batch) => {
    const outcomes = await store.append(batch.map((one) => withOutbox(one, { lettersTaken: [] })));
    const stored = batch.filter((_, index) => outcomes[index] === "stored");
    await store.dropLetters(stored.flatMap(({ outbox }) => outbox?.lettersTaken ?? [])).catch(() => {});
    return outcomes;
  };
  return { ...ports, store: { ...store, append } };
}

/** Those that were there when the process came. */
function passesOverOldLetters({ store, ...ports }: ClusterPorts): ClusterPorts {
  let old: ReadonlySet<string> | null = null;
  const readLetters: SharedStore["readLetters"] = async (query) => {
    const letters = await store.readLetters(query);
    if (old === null) {
      const found = await store.readLetters({ shards: allShards, limit: 1_000, except: [] });
      old = new Set(found.map(({ id }) => id));
    }
    return letters.filter(({ id }) => old?.has(id) !== true);
  };
  return { ...ports, store: { ...store, readLetters } };
}

function keepsItsShards({ store, ...ports }: ClusterPorts): ClusterPorts {
  const had = new Set<number>();
  const holdShards: SharedStore["holdShards"] = async (owner, leaseMs) => {
    for (const shard of await store.holdShards(owner, leaseMs)) had.add(shard);
    return [...had].sort((left, right) => left - right);
  };
  return { ...ports, store: { ...store, holdShards } };
}

/** What comes late is put after what was there first. */
function ignoresPlaces(store: SharedStore): SharedStore {
  const appendAnywhere = async (append: SharedAppend): Promise<AppendOutcome> => {
    const [outcome = "conflict"] = await store.append([append]);
    if (outcome === "stored" || append.create !== undefined) return outcome;
    const fromSeq = (await store.readEvents(append.runId)).length;
    const [again = "conflict"] = await store.append([
      { ...withOutbox(append, { lettersTaken: [] }), fromSeq },
    ]);
    return again;
  };
  const append: SharedStore["append"] = async (batch) => {
    const outcomes: AppendOutcome[] = [];
    for (const one of batch) outcomes.push(await appendAnywhere(one));
    return outcomes;
  };
  return { ...portOf(store), append };
}

/** Whoever asks has it. */
function ignoresLeases(store: SharedStore): SharedStore {
  const holders = new Map<string, string>();
  const claimAttempts: SharedStore["claimAttempts"] = async (worker, leaseMs, keys) => {
    for (const key of keys) {
      const holder = holders.get(nameOf(key));
      if (holder !== undefined)
        await store.handBackAttempts(holder, [{ key, againInMs: leaseMs, reason: null }]);
      holders.set(nameOf(key), worker);
    }
    return store.claimAttempts(worker, leaseMs, keys);
  };
  return { ...portOf(store), claimAttempts };
}

function withOutbox(append: SharedAppend, change: OutboxChange): SharedAppend {
  return append.outbox === undefined ? append : { ...append, outbox: { ...append.outbox, ...change } };
}

function portOf(store: SharedStore): SharedStore {
  return sharedStorePort(
    store,
    (call) => call(),
    (call) => call(),
  );
}
