import assert from "node:assert/strict";
import { test } from "node:test";
import type { BackfillProgress, ScheduleStatus } from "@mycroft/runtime";
import { backfillText, momentInZones, nextText } from "./schedule-text.ts";

const at = "2026-11-22T21:30:00.000Z";

test("a moment is told in the user's zone, and in the schedule's where it is another", () => {
  assert.equal(momentInZones(at, "UTC", "UTC"), "2026-11-22 21:30 UTC");
  assert.equal(
    momentInZones(at, "America/New_York", "Europe/Berlin"),
    "2026-11-22 22:30 Europe/Berlin (2026-11-22 16:30 America/New_York)",
  );
});

test("when a schedule fires next, or why it does not", () => {
  const status = (more: Partial<ScheduleStatus>) =>
    nextText({
      nextFiring: at,
      paused: false,
      timeZone: "America/New_York",
      failure: null,
      ...more,
    } as ScheduleStatus);
  assert.match(status({}), /2026-11-22 16:30 America\/New_York/u);
  assert.match(status({ paused: true }), /^paused; it would fire at /u);
  assert.equal(status({ nextFiring: null }), "never fires again");
  assert.equal(status({ nextFiring: null, paused: true }), "paused, and never fires again");
  assert.match(status({ failure: "STORE_FULL" }), /; trying again after STORE_FULL$/u);
});

test("how far a backfill is", () => {
  const counts = { planned: 60, succeeded: 0, failed: 0, cancelled: 0, underWay: 0 };
  const text = (more: Partial<BackfillProgress>) => backfillText({ ...counts, ...more } as BackfillProgress);
  assert.equal(text({}), "0 of 60 runs done");
  assert.equal(
    text({ succeeded: 10, failed: 2, underWay: 4 }),
    "12 of 60 runs done: 10 succeeded, 2 failed, 4 under way",
  );
});
