/**
 * Which store a Redis works for, kept there under the cluster's prefix: what is published for the runs of one store must not
 * be delivered to the workers of another. Redis may lose it, as it may lose anything; whoever connects next claims it again.
 */
import { MycroftError } from "@mycroft/errors";
import { RedisLink, type RedisLinkOptions } from "../redis/redis-link.ts";

export interface RedisClaim extends RedisLinkOptions {
  readonly cluster: string;
  /** The identity of the store. */
  readonly identity: string;
}

/**
 * @throws {MycroftError} CLUSTER_MISMATCH when it works for another store; INPUT_INVALID, SERVER_UNREACHABLE,
 *   SERVER_REFUSED, SERVER_UNFIT, SERVER_FULL.
 */
export async function claimRedis({ cluster, identity, ...options }: RedisClaim): Promise<void> {
  const link = await RedisLink.open(options);
  try {
    const owner = await link.call("say which store it works for", (redis) =>
      redis.set(ownerKey(cluster), identity, "NX", "GET"),
    );
    if (owner !== null && owner !== identity) throw worksForAnother(link.address.label, cluster, owner);
  } finally {
    await link.close();
  }
}

export interface ExaminedRedis {
  /** For people: without user and password. */
  readonly address: string;
  /** The identity of the store that it works for; null when it works for none yet. */
  readonly owner: string | null;
}

/**
 * Looks, and changes nothing.
 * @throws {MycroftError} as `claimRedis` does, but for CLUSTER_MISMATCH.
 */
export async function examineRedisServer({
  cluster,
  ...options
}: Omit<RedisClaim, "identity">): Promise<ExaminedRedis> {
  const link = await RedisLink.open(options);
  try {
    const owner = await link.call("say which store it works for", (redis) => redis.get(ownerKey(cluster)));
    return { address: link.address.label, owner };
  } finally {
    await link.close();
  }
}

/** Apart from the keys of the queue and of the bus. */
function ownerKey(cluster: string): string {
  return `${cluster}:store`;
}

function worksForAnother(server: string, cluster: string, owner: string): MycroftError {
  return new MycroftError(
    "CLUSTER_MISMATCH",
    `Redis at ${server} works for another store under the cluster's name ${JSON.stringify(cluster)}. Give one of the two ` +
      "clusters another name (--cluster, MYCROFT_CLUSTER or host.cluster: it names the schema of the store, too), or another " +
      `Redis or another database of it. If that store is gone for good, remove the key ${ownerKey(cluster)} from Redis.`,
    { details: { server, cluster, owner } },
  );
}
