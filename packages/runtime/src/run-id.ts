/** Run ids sort by the time at which they were made, so that the newest runs are found without an index of times. */
import { randomBytes } from "node:crypto";

const digits = "0123456789abcdefghjkmnpqrstvwxyz";

/**
 * An id such as `0jxk2v9qd-7h3k9x2a`: nine base-32 digits of the time in milliseconds, eight of randomness
 * (Crockford's alphabet: no i, l, o, u).
 */
export function newRunId(now: number): string {
  const random = randomBytes(8);
  let time = "";
  for (let left = now, place = 0; place < 9; place += 1, left = Math.floor(left / 32)) {
    time = `${digits[left % 32]}${time}`;
  }
  return `${time}-${Array.from(random, (byte) => digits[byte % 32]).join("")}`;
}
