import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { Deadlines } from "./deadlines.ts";
import { ProcessClock } from "./simulation/process-clock.ts";
import { VirtualClock } from "./simulation/virtual-clock.ts";

/** A clock that counts the timers that are set on it. */
class CountingClock extends VirtualClock {
  timers = 0;

  override setTimer(dueAt: number, action: () => void) {
    this.timers += 1;
    let isOpen = true;
    const close = (): void => {
      if (isOpen) this.timers -= 1;
      isOpen = false;
    };
    const timer = super.setTimer(dueAt, () => {
      close();
      action();
    });
    return {
      cancel: () => {
        close();
        timer.cancel();
      },
    };
  }
}

describe("Deadlines", () => {
  it("E4 fires each deadline once, at its time, and never one that was cleared", () => {
    const change = fc.record({
      wait: fc.nat(20),
      set: fc.option(fc.nat(50), { nil: null }),
      clear: fc.option(fc.nat(30), { nil: null }),
    });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 40 }), (changes) => {
        const clock = new CountingClock(1_000_000);
        const deadlines = new Deadlines(clock);
        const fired: [number, number][] = [];
        const wanted: [number, number][] = [];
        const open = new Map<number, { readonly dueAt: number; readonly action: () => void }>();
        const passTo = (time: number): void => {
          clock.advanceTo(1_000_000 + time);
          for (const [id, { dueAt }] of open) {
            if (dueAt > time) continue;
            wanted.push([id, dueAt]);
            open.delete(id);
          }
          assert.equal(clock.timers, open.size > 0 ? 1 : 0);
        };
        for (const [id, { wait, set, clear }] of changes.entries()) {
          passTo(clock.elapsed() + wait);
          if (set !== null) {
            // Due a millisecond from now at the earliest: the clock fires nothing before it is moved.
            const dueAt = clock.elapsed() + 1 + set;
            const deadline = { dueAt, action: () => void fired.push([id, clock.elapsed()]) };
            open.set(id, deadline);
            deadlines.set(deadline);
          }
          const cleared = clear === null ? undefined : open.get(clear);
          if (clear === null || cleared === undefined) continue;
          open.delete(clear);
          deadlines.clear(cleared);
        }
        passTo(clock.elapsed() + 100);
        const inOrder = (pairs: readonly [number, number][]) =>
          pairs.toSorted(([left], [right]) => left - right);
        assert.deepEqual(inOrder(fired), inOrder(wanted));
      }),
    );
  });

  it("an action may set deadlines and clear others, also one that is due with it", () => {
    const clock = new CountingClock(1_000_000);
    const deadlines = new Deadlines(clock);
    const fired: string[] = [];
    const late = { dueAt: 20, action: () => void fired.push("late") };
    const together = { dueAt: 10, action: () => void fired.push("together") };
    const next = { dueAt: 30, action: () => void fired.push(`next at ${clock.elapsed()}`) };
    deadlines.set(late);
    deadlines.set({
      dueAt: 10,
      action: () => {
        deadlines.clear(late);
        deadlines.clear(together);
        deadlines.set(next);
      },
    });
    deadlines.set(together);
    clock.advanceTo(1_000_100);
    assert.deepEqual(fired, ["next at 30"]);
    assert.equal(clock.timers, 0);
  });
  it("E4 setting the machine's clock makes nothing due, nor late", () => {
    const world = new VirtualClock(1_000_000);
    const clock = new ProcessClock(world);
    const deadlines = new Deadlines(clock);
    const fired: number[] = [];
    deadlines.set({ dueAt: clock.elapsed() + 5_000, action: () => void fired.push(world.elapsed()) });
    clock.jump(3_600_000);
    world.advanceTo(1_004_999);
    assert.deepEqual(fired, []);
    clock.jump(-7_200_000);
    world.advanceTo(1_005_000);
    assert.deepEqual(fired, [5_000]);
  });
});
