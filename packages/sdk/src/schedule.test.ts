import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { MycroftError } from "@mycroft/errors";
import { z } from "zod";
import {
  defineConfig,
  type ScheduledFiring,
  type ScheduleOptions,
  schedule,
  type TradingCalendar,
  tradingDate,
  workflow,
} from "./index.ts";
import { throwsCode } from "./testing/throws-code.ts";

const study = workflow(
  {
    name: "study",
    input: z.object({
      asOf: tradingDate,
      depth: z.number().int().min(1).default(3),
      note: z.string().optional(),
    }),
  },
  (w) => w.input.asOf,
);
const free = workflow(
  { name: "free", input: z.object({ depth: z.number().default(3) }) },
  (w) => w.input.depth,
);
const firing: ScheduledFiring = { scheduledAt: "2024-03-08T21:30:00.000Z", date: "2024-03-08" };
const everyDay: TradingCalendar = { name: "every", isTradingDay: () => true };

/** What differs from a good schedule, roughly. */
function shown(options: unknown): string {
  if (typeof options !== "object" || options === null) return String(options);
  const { workflow, ...rest } = options as { readonly workflow?: { readonly name: string } };
  return `${workflow?.name} ${JSON.stringify(rest).slice(0, 70)}`;
}

/** As a configuration in JavaScript may call it. */
function untyped(options: unknown): unknown {
  return schedule(options as ScheduleOptions<unknown, unknown, unknown>);
}

describe("schedule", () => {
  it("fills in what is not said", () => {
    const { startFor, ...made } = schedule({ name: "nightly", workflow: free, cron: "@daily" });
    assert.deepEqual(made, {
      ...{
        kind: "schedule",
        name: "nightly",
        workflow: free,
        cron: "@daily",
        timeZone: "UTC",
        calendar: null,
      },
      ...{ catchUp: "latest", overlap: "skip", tags: [], startAt: null, endAt: null },
    });
    assert.deepEqual(startFor(firing), { input: { depth: 3 }, asOf: "2024-03-08" });
  });

  it("lets what is caught up wait in a queue, unless it is said otherwise", () => {
    const options = { name: "nightly", workflow: free, cron: "@daily", catchUp: "all" } as const;
    assert.equal(schedule(options).overlap, "queue");
    assert.equal(schedule({ ...options, overlap: "allow" }).overlap, "allow");
  });

  it("keeps what is said", () => {
    const options = {
      name: "nightly",
      cron: "0 30 16 * * MON-FRI",
      timeZone: "America/New_York",
      calendar: everyDay,
      catchUp: "none",
      overlap: "cancelOld",
      tags: ["a", "b"],
      startAt: "2024-01-02",
      endAt: "2024-12-31T21:00:00Z",
    } as const;
    const { startFor, ...made } = schedule({ ...options, workflow: free });
    assert.deepEqual(made, { ...options, kind: "schedule", workflow: free });
  });

  it("gives each firing its input: data with places for the firing, or a function of it", () => {
    const filled = schedule({
      name: "s",
      workflow: study,
      cron: "@daily",
      input: { asOf: "{date}", note: "on {date}" },
    });
    assert.deepEqual(filled.startFor(firing), {
      input: { asOf: "2024-03-08", depth: 3, note: "on {date}" },
      asOf: "2024-03-08",
    });
    const moment = schedule({
      name: "s",
      workflow: study,
      cron: "@daily",
      input: { asOf: "{date}", note: "{scheduledAt}" },
    });
    assert.deepEqual(moment.startFor(firing).input, {
      asOf: "2024-03-08",
      depth: 3,
      note: firing.scheduledAt,
    });
    const made = schedule({
      ...{ name: "s", workflow: study, cron: "@daily" },
      input: ({ date }) => ({ asOf: date, depth: 9 }),
      asOf: ({ date }) => date.replace("2024", "2023"),
    });
    assert.deepEqual(made.startFor(firing), { input: { asOf: "2024-03-08", depth: 9 }, asOf: "2023-03-08" });
    assert.equal(
      schedule({ name: "s", workflow: free, cron: "@daily", asOf: "2010-02-26" }).startFor(firing).asOf,
      "2010-02-26",
    );
  });

  it("does not let a function's own data be changed by filling it in", () => {
    const input = { asOf: "{date}" };
    schedule({ name: "s", workflow: study, cron: "@daily", input }).startFor(firing);
    assert.deepEqual(input, { asOf: "{date}" });
  });

  it("an input that does not fit a firing is an error that names the schedule and the firing", () => {
    const make = (input: (firing: ScheduledFiring) => { asOf: string }) =>
      schedule({ name: "nightly", workflow: study, cron: "@daily", input });
    const none = make(() => ({ asOf: "soon" }));
    throwsCode("INPUT_INVALID", /input of workflow "study" is wrong: asOf/, () => none.startFor(firing));
    const moody = make(() => {
      throw new TypeError("not today");
    });
    throwsCode("INPUT_INVALID", /"nightly", firing of 2024-03-08T21.*threw: not today/, () =>
      moody.startFor(firing),
    );
    const late = untyped({
      ...{ name: "late", workflow: free, cron: "@daily" },
      input: async () => assert.fail("this is nobody's business"),
    }) as { startFor(firing: ScheduledFiring): unknown };
    throwsCode("INPUT_INVALID", /async/, () => late.startFor(firing));
    const astray = schedule({ name: "s", workflow: free, cron: "@daily", asOf: () => "2024-02-30" });
    throwsCode("INPUT_INVALID", /asOf/, () => astray.startFor(firing));
  });
});

describe("P7 what is wrong is named, with what would be right", () => {
  const good = { name: "nightly", workflow: free, cron: "@daily" };
  const wrong: readonly (readonly [unknown, string, RegExp])[] = [
    [undefined, "", /Schedule without a name is wrong/],
    [{ ...good, name: "no spaces" }, "name", /Schedule "no spaces" is wrong: name/],
    [{ ...good, name: "n".repeat(81) }, "name", /80/],
    [{ ...good, workflow: { ...free, kind: "flow" } }, "workflow", /made by workflow\(\)/],
    [{ ...good, cron: undefined }, "cron", /cron text; an example/],
    [{ ...good, cron: "" }, "cron", /five, six.*an example is "30 16 \* \* MON-FRI"/],
    [{ ...good, cron: "60 * * * *" }, "cron", /Invalid value for minute: 60/],
    [{ ...good, cron: "* * * * * * 2030" }, "cron", /5 or 6 parts/],
    [{ ...good, cron: "2024-01-01T00:00:00" }, "cron", /no cron text/],
    [{ ...good, cron: "0 0 30 2 *" }, "cron", /never fires/],
    [{ ...good, cron: "0 0 31 4,6,9,11 *" }, "cron", /never fires/],
    [{ ...good, cron: "@reboot" }, "cron", /not supported/],
    [{ ...good, cron: "0,".repeat(100_000) }, "cron", /200/],
    [
      { ...good, timeZone: "Mars/Olympus" },
      "timeZone",
      /no such time zone; an example is "America\/New_York"/,
    ],
    [{ ...good, timeZone: "+01:00" }, "timeZone", /no such time zone/],
    [{ ...good, timeZone: null }, "timeZone", /name of a time zone/],
    [{ ...good, calendar: "nyse" }, "calendar", /is a calendar.*nyse of/],
    [{ ...good, catchUp: "some" }, "catchUp", /is "all", "latest" or "none"/],
    [{ ...good, overlap: "wait" }, "overlap", /"queue"/],
    [{ ...good, asOf: "2024-02-30" }, "asOf", /is a day, such as/],
    [{ ...good, tags: ["schedule:other"] }, "tags[0]", /kept/],
    [{ ...good, tags: ["backfill:b"] }, "tags[0]", /kept/],
    [{ ...good, tags: [""] }, "tags[0]", /1/],
    [{ ...good, startAt: "2024-02-30" }, "startAt", /examples are "2026-01-02"/],
    [{ ...good, endAt: "2024-01-01T00:00" }, "endAt", /with its offset/],
    [{ ...good, startAt: "2024-01-02", endAt: "2024-01-01" }, "endAt", /2024-01-01 lies before startAt/],
    [
      { ...good, startAt: "2024-01-01T00:00:00-05:00", endAt: "2024-01-01T04:59:59Z" },
      "endAt",
      /lies before startAt/,
    ],
    [{ ...good, input: { depth: "deep" } }, "input.depth", /input of workflow "free" is wrong: depth/],
    [{ ...good, workflow: study }, "input.asOf", /asOf/],
    [{ ...good, workflow: study, input: { asOf: "{day}" } }, "input.asOf", /asOf/],
    [{ ...good, cronn: "@daily" }, "", /cronn/],
  ];
  for (const [options, field, message] of wrong) {
    it(`${field}: ${shown(options)}`, () => {
      const { details } = throwsCode("SCHEDULE_INVALID", message, () => untyped(options));
      assert.equal(details?.["field"], field);
    });
  }

  it("an input without a bottom", () => {
    const input: Record<string, unknown> = {};
    input["again"] = input;
    throwsCode("SCHEDULE_INVALID", /deeper than 100/, () => untyped({ ...good, input }));
  });
});

describe("a project's schedules", () => {
  const nightly = schedule({ name: "nightly", workflow: free, cron: "@daily" });

  it("bring their workflows along", () => {
    const project = defineConfig({ workflows: [study], schedules: [nightly, nightly] });
    assert.deepEqual(project.schedules, [nightly]);
    assert.deepEqual(project.workflows, [study, free]);
    assert.deepEqual(defineConfig({ workflows: [free], schedules: [nightly] }).workflows, [free]);
    assert.deepEqual(defineConfig({ workflows: [free] }).schedules, []);
  });

  it("are schedules, of different names", () => {
    const other = schedule({ name: "nightly", workflow: free, cron: "@hourly" });
    const bad: readonly (readonly [unknown, RegExp])[] = [
      [{ workflows: [], schedules: [nightly, other] }, /schedules holds two different ones named "nightly"/],
      [
        { workflows: [], schedules: [free] },
        /schedules\[0\] is something else and not a schedule \(made by schedule\(\)\)/,
      ],
      [{ workflows: [], schedules: ["@daily"] }, /schedules\[0\] is a string/],
      [{ workflows: [], schedules: {} }, /schedules/],
    ];
    for (const [config, message] of bad) {
      throwsCode("CONFIG_INVALID", message, () => defineConfig(config as Parameters<typeof defineConfig>[0]));
    }
    assert.ok(nightly instanceof Object && !(nightly instanceof MycroftError));
  });
});

/** Held by the compiler, not run. Each error stands beside a line that differs in that one thing and does compile. */
export function inputsFitTheirWorkflows(): void {
  const base = { name: "s", cron: "@daily" } as const;
  schedule({ ...base, workflow: study, input: { asOf: "{date}" } });
  // @ts-expect-error: a number is no day
  schedule({ ...base, workflow: study, input: { asOf: 20_240_308 } });
  schedule({ ...base, workflow: study, input: ({ date }) => ({ asOf: date }) });
  // @ts-expect-error: what the function gives is no input either
  schedule({ ...base, workflow: study, input: ({ date }) => ({ depth: date }) });
  schedule({ ...base, workflow: free });
  // @ts-expect-error: this workflow cannot do without
  schedule({ ...base, workflow: study });
}
