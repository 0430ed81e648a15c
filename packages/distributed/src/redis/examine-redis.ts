/** Whether a Redis is fit to keep messages: new enough, and not set up to forget them when memory is short. */
import { MycroftError } from "@mycroft/errors";
import type { RedisAddress } from "./redis-address.ts";

/** The oldest version: XAUTOCLAIM drops what was trimmed from 7.0 on. Valkey states one that is compatible. */
const oldestMajor = 7;

/**
 * @param info what the server answers to INFO.
 * @returns a warning; null when there is none.
 * @throws {MycroftError} SERVER_UNFIT when it is too old.
 */
export function examineRedis(info: string, { label }: RedisAddress): MycroftError | null {
  const version = /^redis_version:(\S+)/m.exec(info)?.[1] ?? "unknown";
  if (!(Number.parseInt(version, 10) >= oldestMajor)) {
    throw new MycroftError(
      "SERVER_UNFIT",
      `Redis at ${label} has version ${version}; ${oldestMajor}.0 or newer is needed. Install a newer one.`,
      { details: { server: label, version, oldest: `${oldestMajor}.0` } },
    );
  }
  const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1] ?? "noeviction";
  if (policy === "noeviction") return null;
  return new MycroftError(
    "SERVER_UNFIT",
    `Redis at ${label} has maxmemory-policy ${policy}: when its memory is short it forgets tasks and messages, which are ` +
      "then late by minutes or lost. Set maxmemory-policy noeviction in its configuration.",
    { details: { server: label, policy, needed: "noeviction" } },
  );
}
