import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { MycroftError } from "@mycroft/errors";
import { ProcessClock } from "../simulation/process-clock.ts";
import { VirtualClock } from "../simulation/virtual-clock.ts";
import { StoreClock } from "./store-clock.ts";

const startAt = 1_000_000_000;
const hourMs = 3_600_000;

async function skewed(byMs: number) {
  const world = new VirtualClock(startAt);
  const machine = new ProcessClock(world);
  machine.jump(byMs);
  const failures: string[] = [];
  const state = { isAway: false };
  const clock = await StoreClock.start({
    clock: machine,
    storeTime: async () => {
      if (state.isAway) throw new MycroftError("STORE_UNREACHABLE", "away");
      return world.now();
    },
    compareMs: 10_000,
    onError: ({ code }) => failures.push(code),
  });
  const pass = async (ms: number) => {
    for (const until = world.now() + ms; world.now() < until; ) {
      world.advanceTo(Math.min(until, world.now() + 1_000));
      await new Promise(process.nextTick);
    }
  };
  return { world, machine, clock, failures, state, pass };
}

describe("the store's clock", () => {
  it("shows the store's time on a machine that is hours off", async () => {
    for (const byMs of [-2 * hourMs, -5_000, 0, 3 * hourMs]) {
      const { world, clock, pass } = await skewed(byMs);
      assert.equal(clock.now(), world.now());
      await pass(60_000);
      assert.equal(clock.now(), world.now());
      assert.equal(clock.offsetMs, byMs === 0 ? 0 : -byMs);
      clock.stop();
    }
  });

  it("follows a machine's clock that is set, when it compares next", async () => {
    const { world, machine, clock, pass } = await skewed(0);
    machine.jump(hourMs);
    assert.equal(clock.now(), world.now() + hourMs);
    await pass(11_000);
    assert.equal(clock.now(), world.now());
    clock.stop();
  });

  it("E4 a timer holds by the store's time though the machine's clock is set meanwhile", async () => {
    for (const byMs of [hourMs, -hourMs]) {
      const { world, machine, clock, pass } = await skewed(0);
      let firedAt = 0;
      clock.setTimer(startAt + 600_000, () => {
        firedAt = world.now();
      });
      // Just after a comparison, so that it is noticed late.
      await pass(11_000);
      machine.jump(byMs);
      await pass(800_000);
      assert.ok(firedAt >= startAt + 600_000, `it fired ${startAt + 600_000 - firedAt} ms early`);
      assert.ok(firedAt <= startAt + 660_000, `it fired ${firedAt - startAt - 600_000} ms late`);
      clock.stop();
    }
  });

  it("a timer that is cancelled does not fire, however often it has looked", async () => {
    const { clock, pass } = await skewed(0);
    const timer = clock.setTimer(startAt + 600_000, () => assert.fail("it fired"));
    await pass(300_000);
    timer.cancel();
    await pass(600_000);
    clock.stop();
  });

  it("goes on with what it knows while the store is away, says so, and compares again", async () => {
    const { world, clock, state, failures, machine, pass } = await skewed(hourMs);
    state.isAway = true;
    await pass(25_000);
    assert.equal(clock.now(), world.now());
    assert.deepEqual(failures, ["STORE_UNREACHABLE", "STORE_UNREACHABLE"]);
    machine.jump(5_000);
    state.isAway = false;
    await pass(11_000);
    assert.equal(clock.now(), world.now());
    clock.stop();
  });
});
