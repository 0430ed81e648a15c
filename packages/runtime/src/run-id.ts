/** Run ids sort by the time at which they were made, so that the newest runs are found without an index of times. */
import { randomUUID } from "node:crypto";

const digits = "0123456789abcdefghjkmnpqrstvwxyz";

/**
 * An id such as `0jxk2v9qd-7h3k9x2a`: nine base-32 digits of the time in milliseconds, eight of randomness
 * (Crockford's alphabet: no i, l, o, u).
 */
export function newRunId(now: number): string {
  // A UUID's first 48 bits are random. Node draws UUIDs from a pool; other randomness costs a call of the system.
  const random = Number.parseInt(randomUUID().slice(0, 13).replace("-", ""), 16);
  return `${base32(now, 9)}-${base32(random, 8)}`;
}

/** The last `places` base-32 digits of a whole number. */
function base32(number: number, places: number): string {
  let text = "";
  for (let left = number, place = 0; place < places; place += 1, left = Math.floor(left / 32)) {
    text = `${digits[left % 32]}${text}`;
  }
  return text;
}
