/** Routes of schedules, backfills, pools and processes. */
import type { JsonValue } from "@mycroft/engine";
import type { BackfillView, ScheduleView } from "@mycroft/protocol";
import type { BackfillProgress, ListedProcess, ScheduleStatus } from "@mycroft/runtime";
import type { Backend } from "../backend.ts";
import { perform } from "../operations/index.ts";
import type { Handlers } from "./handlers.ts";

export function scheduleHandlers(
  { controls, listProcesses, place }: Backend,
  startedAt: number,
): Handlers<"schedules"> {
  return {
    listSchedules: async () => {
      const { schedules } = await perform(controls, "listSchedules", {});
      return { schedules: schedules.map(scheduleView) };
    },
    pauseSchedule: ({ params: { name } }) => perform(controls, "pauseSchedule", { schedule: name }),
    resumeSchedule: ({ params: { name }, body: { catchUp } }) =>
      perform(controls, "resumeSchedule", {
        schedule: name,
        ...(catchUp === undefined ? {} : { catchUp }),
      }),
    triggerSchedule: ({ params: { name } }) => perform(controls, "triggerSchedule", { schedule: name }),
    listBackfills: async () => {
      const { backfills } = await perform(controls, "listBackfills", {});
      return { backfills: backfills.map(backfillView) };
    },
    startBackfill: async ({ body: { schedule, ...request } }) => {
      const target = { kind: "schedule", name: schedule } as const;
      const { backfill } = await perform(controls, "beginBackfill", { target, ...request });
      return backfillView(backfill);
    },
    cancelBackfill: ({ params: { id } }) => perform(controls, "cancelBackfill", { id }),
    listPools: () => perform(controls, "listPools", {}),
    listProcesses: async () => {
      if (listProcesses === undefined) {
        const details = { pid: process.pid, place: place.text };
        const since = new Date(startedAt).toISOString();
        return { processes: [{ name: `process ${process.pid}`, role: "all", since, details }] };
      }
      return { processes: (await listProcesses()).map(processView) };
    },
  };
}

function scheduleView(status: ScheduleStatus): ScheduleView {
  const { lastFiring, underWay, ...rest } = status;
  return {
    ...rest,
    lastFiring:
      lastFiring === null ? null : { ...lastFiring, error: lastFiring.error && { ...lastFiring.error } },
    underWay: [...underWay],
  };
}

function backfillView({ target, refusals, ...rest }: BackfillProgress): BackfillView {
  return { ...rest, schedule: target.name, refusals: refusals.map((one) => ({ ...one })) };
}

function processView(listed: ListedProcess) {
  const { name, kind, startedAt } = listed;
  const details = listed as unknown as JsonValue;
  return { name, role: kind, since: new Date(startedAt).toISOString(), details };
}
