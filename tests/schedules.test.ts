/** The pieces of a schedule fit: what the SDK makes, the scheduler of the runtime takes, with a calendar of the investing package. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { nyse } from "@mycroft/investing";
import { type Clock, MemoryStore, type ScheduleDefinition, Scheduler } from "@mycroft/runtime";
import { schedule, workflow } from "@mycroft/sdk";
import { z } from "zod";

const nothing = workflow({ name: "nothing", input: z.object({}) }, (w) => w.input);
const provenance = { codeVersion: "test" };
const runs = {
  startRun: () => Promise.reject(new Error("nothing fires here")),
  waitFor: () => Promise.reject(new Error("nothing fires here")),
  cancel: () => Promise.reject(new Error("nothing fires here")),
};

/** When a schedule fires next after a moment. */
async function nextFiring(definition: ScheduleDefinition, after: string): Promise<string | null | undefined> {
  const clock: Clock = {
    now: () => Date.parse(after),
    elapsed: () => 0,
    setTimer: () => ({ cancel: () => {} }),
    setDelay: () => ({ cancel: () => {} }),
    defer: () => {},
  };
  const store = new MemoryStore({ now: clock.now });
  const scheduler = await Scheduler.open({ schedules: [definition], store, runs, clock, provenance });
  return (await scheduler.list())[0]?.nextFiring;
}

describe("a schedule", () => {
  test("of the SDK fires on the exchange's days, at its time of day, summer and winter", async () => {
    const close = schedule({
      ...{ name: "close", workflow: nothing, cron: "30 16 * * *" },
      ...{ timeZone: "America/New_York", calendar: nyse },
    });
    const next = [
      ["2024-03-08T12:00:00Z", "2024-03-08T21:30:00.000Z"],
      ["2024-03-08T22:00:00Z", "2024-03-11T20:30:00.000Z"],
      // Good Friday, Christmas from the eve on, a day of mourning.
      ["2024-03-28T21:00:00Z", "2024-04-01T20:30:00.000Z"],
      ["2024-12-24T22:00:00Z", "2024-12-26T21:30:00.000Z"],
      ["2025-01-08T22:00:00Z", "2025-01-10T21:30:00.000Z"],
    ] as const;
    for (const [after, firing] of next) assert.equal(await nextFiring(close, after), firing);
  });

  test("is understood alike where it is made and where it fires", async () => {
    const texts = [
      ...[
        "* * * * *",
        "*/5 9-16 * * 1-5",
        "0 9 * * MON,WED",
        "0 9 L * *",
        "0 9 LW * *",
        "0 9 15W * *",
        "0 9 * * FRI#2",
      ],
      ...[
        "0 9 * * FRIL",
        "0 9 13 * +FRI",
        "30 0 9 * * *",
        "@daily",
        "@HOURLY",
        "@weekly",
        "? 9 * * *",
        "0 0 29 2 *",
      ],
      ...[
        "",
        "* * * *",
        "* * * * * * *",
        "60 * * * *",
        "0 24 * * *",
        "0 0 0 * *",
        "0 0 30 2 *",
        "0 0 31 6,9 *",
      ],
      ...[
        "5/10 * * * *",
        "a b c d e",
        "@reboot",
        "@often",
        "0 9 * * FRI-MON",
        "*/0 * * * *",
        "2024-01-01T00:00:00",
      ],
    ];
    const template = schedule({ name: "any", workflow: nothing, cron: "@daily" });
    let understood = 0;
    for (const cron of texts) {
      const fires = await codeOf(() => nextFiring({ ...template, cron }, "2024-01-01T00:00:00Z"));
      const made = await codeOf(async () => schedule({ name: "any", workflow: nothing, cron }));
      assert.equal(made, fires, cron);
      if (made === null) understood += 1;
    }
    assert.equal(understood, 15);
  });
});

/** The code of what is thrown; null when nothing is. */
async function codeOf(act: () => Promise<unknown>): Promise<unknown> {
  try {
    await act();
    return null;
  } catch (thrown) {
    return thrown instanceof Error && "code" in thrown ? thrown.code : thrown;
  }
}
