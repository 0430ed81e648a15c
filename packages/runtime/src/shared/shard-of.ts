/** Which shard a run belongs to. A family of runs belongs to one, so that parents and children are in the same hands (E7). */

/** Fixed for the life of a store: more shards than there will be orchestrators, few enough to renew in one statement. */
export const shardCount = 64;

/** From 0 to `shardCount - 1`: FNV-1a (32 bits) of the id of the first run of the family. */
export function shardOf(runId: string): number {
  const end = runId.indexOf(".");
  const length = end < 0 ? runId.length : end;
  let hash = 0x811c9dc5;
  for (let index = 0; index < length; index += 1) {
    hash = Math.imul(hash ^ runId.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0) % shardCount;
}
