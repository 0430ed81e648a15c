/** Schedules for tests: their runs are started with the firing itself. */
import { compile, type JsonValue } from "@mycroft/engine";
import type { ScheduleDefinition } from "../schedule-definition.ts";

export const plan = compile({
  name: "daily",
  input: {},
  steps: [
    {
      kind: "call",
      name: "one",
      target: { kind: "function", name: "one" },
      input: { kind: "input", path: [] },
    },
  ],
  output: { kind: "step", step: "one", path: [] },
});

export function sampleSchedule(settings: Partial<ScheduleDefinition> = {}): ScheduleDefinition {
  return {
    name: "sample",
    workflow: { name: "daily", plan, plans: [plan] },
    cron: "0 9 * * *",
    timeZone: "UTC",
    calendar: null,
    startAt: null,
    endAt: null,
    catchUp: "latest",
    overlap: "allow",
    tags: [],
    startFor: ({ scheduledAt, date }) => ({ input: scheduledAt satisfies JsonValue, asOf: date }),
    ...settings,
  };
}
