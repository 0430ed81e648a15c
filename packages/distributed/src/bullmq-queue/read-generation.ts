/**
 * Whether a Redis may have lost what it held (P4): a server that was started again has another id, and one that was flushed has
 * lost the mark that was left on it. Every process that asks sees the same.
 */
import { randomUUID } from "node:crypto";
import type { Redis } from "ioredis";

/** @param key of the mark. Of several that find none, one leaves it. */
export async function readGeneration(redis: Redis, key: string): Promise<string> {
  const mark = randomUUID();
  // One round trip: the client sends both at once.
  const [info, found] = await Promise.all([redis.info("server"), redis.set(key, mark, "NX", "GET")]);
  const serverId = /^run_id:(\S+)/m.exec(info)?.[1] ?? "";
  return `${serverId}/${found ?? mark}`;
}
