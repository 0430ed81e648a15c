/** Waiting for what a store does in its own time: a condition is asked for until it holds, so that no test depends on how fast. */
import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";

const patienceMs = 30_000;
const pauseMs = 5;

/** @param what is waited for, for the message when it does not come about. */
export async function untilTrue(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const begun = performance.now();
  while (!(await holds())) {
    assert.ok(performance.now() - begun < patienceMs, `still not so: ${what}`);
    await delay(pauseMs);
  }
}
