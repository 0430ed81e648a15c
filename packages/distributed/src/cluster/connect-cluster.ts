/**
 * A process's way into a cluster: the Postgres store, the BullMQ queue and the Redis bus under the cluster's name, and the
 * store's time. That they belong together is checked: a Redis works for one store under a name, and no other may use it.
 */
import type { MycroftError } from "@mycroft/errors";
import { type Bus, type SharedStore, StoreClock, SystemClock, type TaskQueue } from "@mycroft/runtime";
import { openBullmqQueue } from "../bullmq-queue/bullmq-queue.ts";
import { openPostgresStore } from "../postgres-store/open-postgres-store.ts";
import { openRedisBus } from "../redis-bus/redis-bus.ts";
import { claimRedis } from "./claim-redis.ts";
import { checkClusterName, defaultCluster } from "./cluster-name.ts";
import { giveIdentity } from "./store-identity.ts";

export interface ClusterStoreOptions {
  /** `postgres://USER:PASSWORD@HOST:5432/DATABASE`. */
  readonly store: string;
  /**
   * Keeps clusters apart: the schema of the store, and the prefix of everything in Redis. `mycroft` unless given; 1 to 40
   * letters, digits, _ and -, beginning with a letter.
   */
  readonly cluster?: string;
  /** Refuses writes, and leaves a store of an older version as it is. False unless given. */
  readonly readOnly?: boolean;
  /** For how long a settled run is kept: for ever unless given, so that whoever only looks in forgets nothing. */
  readonly retentionDays?: number;
  /** Also takes a Postgres that does not wait for its disk, for trials and tests. False unless given. */
  readonly acceptsLoss?: boolean;
  /** Told of failures that no caller is waiting for. */
  readonly onError?: (error: MycroftError) => void;
}

export interface ClusterOptions extends Omit<ClusterStoreOptions, "readOnly"> {
  /** `redis://USER:PASSWORD@HOST:6379/0`. */
  readonly queue: string;
  /** The queue's Redis unless given. */
  readonly bus?: string;
  /** Told, each once, of what is unfit about a server, and of connections that are lost. */
  readonly onWarning?: (warning: MycroftError) => void;
}

export interface ClusterStore {
  readonly store: SharedStore;
  /** The store's time, whatever this machine's clock shows. */
  readonly clock: StoreClock;
  close(): Promise<void>;
}

export interface Cluster extends ClusterStore {
  readonly queue: TaskQueue;
  readonly bus: Bus;
}

/**
 * The store alone: enough to look at runs, and to start and steer them.
 * @throws {MycroftError} HOST_INVALID; INPUT_INVALID for an address that is none; STORE_UNREACHABLE, STORE_REFUSED,
 *   STORE_UNSUPPORTED and the other codes of `openPostgresStore`.
 */
export async function connectClusterStore(options: ClusterStoreOptions): Promise<ClusterStore> {
  const { store: url, cluster = defaultCluster, readOnly = false } = options;
  const { retentionDays = Number.POSITIVE_INFINITY, acceptsLoss = false, onError } = options;
  checkClusterName(cluster);
  const store = await openPostgresStore({ url, schema: cluster, readOnly, retentionDays, acceptsLoss });
  try {
    const clock = await StoreClock.start({
      clock: new SystemClock(),
      storeTime: () => store.now(),
      ...(onError && { onError }),
    });
    return {
      store,
      clock,
      close: async () => {
        clock.stop();
        await store.close();
      },
    };
  } catch (thrown) {
    await store.close();
    throw thrown;
  }
}

/**
 * All of it. Closing takes no more from the queue, then closes the bus, and the store last.
 * @throws {MycroftError} as `connectClusterStore`; CLUSTER_MISMATCH; SERVER_UNREACHABLE, SERVER_REFUSED, SERVER_UNFIT,
 *   SERVER_FULL.
 */
export async function connectCluster(options: ClusterOptions): Promise<Cluster> {
  const { cluster = defaultCluster, queue: queueUrl, bus: busUrl = queueUrl } = options;
  const onWarning = onceEach(options.onWarning ?? emitWarning);
  const opened: { close(): Promise<void> }[] = [];
  const close = async () => {
    for (const port of opened.splice(0).reverse()) await port.close();
  };
  try {
    const { store, clock, ...ports } = await connectClusterStore(options);
    opened.push(ports);
    const identity = await giveIdentity(store);
    for (const url of new Set([queueUrl, busUrl])) await claimRedis({ url, cluster, identity, onWarning });
    const bus = await openRedisBus({ url: busUrl, prefix: cluster, onWarning });
    opened.push(bus);
    const queue = await openBullmqQueue({ url: queueUrl, prefix: cluster, onWarning });
    opened.push(queue);
    return { store, clock, queue, bus, close };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}

const sameWarningMs = 10_000;

/** Several connections to one server have the same to say. */
function onceEach(tell: (warning: MycroftError) => void): (warning: MycroftError) => void {
  const toldAt = new Map<string, number>();
  return (warning) => {
    const now = performance.now();
    const before = toldAt.get(warning.message);
    if (before !== undefined && now - before < sameWarningMs) return;
    for (const [message, at] of toldAt) if (now - at >= sameWarningMs) toldAt.delete(message);
    toldAt.set(warning.message, now);
    tell(warning);
  };
}

function emitWarning(warning: MycroftError): void {
  process.emitWarning(warning.message, { type: "MycroftWarning", code: warning.code });
}
