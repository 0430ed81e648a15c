/**
 * What can be asked of whoever holds a store: each operation once, with the form of what it takes and gives. They know
 * nothing of command lines or sockets, so that every way in (a command that holds the store itself, the control channel)
 * does the same.
 */
import type { JsonValue } from "@mycroft/engine";
import { MycroftError } from "@mycroft/errors";
import { apiRoutes, parseWith } from "@mycroft/protocol";
import type { BackfillProgress, RunHeader, ScheduleStatus, Store } from "@mycroft/runtime";
import { z } from "zod";
import { createKey, listKeys, revokeKey } from "../access/api-keys.ts";
import type { Controls } from "./controls.ts";

interface Operation<Given, Input, Output> {
  readonly input: z.ZodType<Input, Given>;
  readonly output: z.ZodType<Output>;
  readonly perform: (controls: Controls, input: Input) => Promise<Output>;
}

function operation<Given, Input, Output>(
  one: Operation<Given, Input, Output>,
): Operation<Given, Input, Output> {
  return one;
}

/** What comes from JSON is JSON. */
const json = z.custom<JsonValue>((value) => value !== undefined, "is missing");
const runId = z.string().min(1).max(400);
const task = z.string().min(1).max(2_000);
const scheduleName = z.string().min(1).max(200);
const status = z.enum(["running", "succeeded", "failed", "cancelled"]);
const catchUp = z.enum(["all", "latest", "none"]);
const moment = z.string();
/** As the scheduler gives it. */
const scheduleStatus = z.object({
  name: scheduleName,
  workflow: z.string(),
  cron: z.string(),
  timeZone: z.string(),
  calendar: z.string().nullable(),
  catchUp,
  overlap: z.enum(["allow", "skip", "queue", "cancelOld"]),
  paused: z.boolean(),
  nextFiring: moment.nullable(),
  lastFiring: z
    .object({
      scheduledAt: moment,
      runId: runId.nullable(),
      error: z.object({ code: z.string(), message: z.string() }).nullable(),
    })
    .nullable(),
  underWay: z.array(runId),
  waiting: z.number(),
  missed: z.number(),
  overlapping: z.number(),
  failed: z.number(),
  failure: z.string().nullable(),
}) satisfies z.ZodType<ScheduleStatus>;

const backfillId = z.string().min(1).max(80);
const backfillTarget = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("schedule"), name: scheduleName }),
  z.strictObject({
    kind: z.literal("workflow"),
    name: z.string().min(1).max(200),
    input: json,
    calendar: z.string().max(100).nullable(),
  }),
]);
/** As the backfills give it. */
const backfillProgress = z.object({
  id: backfillId,
  target: backfillTarget,
  from: z.string(),
  to: z.string(),
  newestFirst: z.boolean(),
  concurrency: z.number(),
  status: z.enum(["running", "cancelling", "cancelled", "finished"]),
  createdAt: moment,
  endedAt: moment.nullable(),
  planned: z.number(),
  started: z.number(),
  underWay: z.number(),
  succeeded: z.number(),
  failed: z.number(),
  cancelled: z.number(),
  refusals: z
    .array(z.object({ scheduledAt: moment, code: z.string(), message: z.string() }).readonly())
    .readonly(),
}) satisfies z.ZodType<BackfillProgress>;

export const operations = {
  startRun: operation({
    input: z.strictObject({
      workflow: z.string().min(1).max(200),
      input: json,
      asOf: z.string().max(100).exactOptional(),
      tags: z.array(z.string().max(200)).max(100),
      startKey: z.string().max(1_000).exactOptional(),
      /** What the caller has said of the data, as options: it cannot be had here. */
      dataOptions: z.array(z.string().max(100)).max(20),
    }),
    /** A holder that was started from an earlier version does not say whether the run is new. */
    output: z.object({ runId, isNew: z.boolean().default(true) }),
    perform: async ({ startWorkflow }, { dataOptions, ...start }) => {
      if (startWorkflow === null) throw busyWithItsOwn();
      if (dataOptions.length > 0) throw ownData(dataOptions);
      let isNew = true;
      const onFound = () => {
        isNew = false;
      };
      const runId = await startWorkflow({ ...start, onFound });
      return { runId, isNew };
    },
  }),

  /** E8. */
  approve: operation({
    input: z.strictObject({
      runId,
      task: task.exactOptional(),
      verdict: z.enum(["approve", "reject"]),
      by: z.string(),
      comment: z.string().exactOptional(),
    }),
    output: z.object({ task }),
    perform: async ({ orchestrator }, { runId, ...approval }) => ({
      task: await orchestrator.decide(runId, approval),
    }),
  }),

  /** E9. */
  signal: operation({
    input: z.strictObject({
      runId,
      signal: z.string().min(1).max(200),
      key: z.string().exactOptional(),
      payload: json,
      id: z.string().exactOptional(),
    }),
    output: z.object({}),
    perform: async ({ orchestrator }, { runId, ...signal }) => {
      await orchestrator.signal(runId, signal);
      return {};
    },
  }),

  /** E11. */
  cancel: operation({
    input: z.strictObject({ runId, task: task.exactOptional(), reason: z.string().min(1).max(10_000) }),
    /** How the run stands afterwards, and whether there was anything to cancel. */
    output: z.object({ cancelled: z.boolean(), status }),
    perform: async ({ orchestrator, store }, { runId, task, reason }) => {
      const cancelled = await orchestrator.cancel(runId, reason, task);
      return { cancelled, status: (await headerOf(store, runId)).status };
    },
  }),

  retry: operation({
    input: z.strictObject({ runId }),
    output: z.object({ runId, from: z.array(z.string()) }),
    perform: async (controls, { runId }) => {
      await refuseWithheld(controls, runId);
      return begun(controls, await controls.orchestrator.retry(runId));
    },
  }),

  fork: operation({
    input: z.strictObject({
      runId,
      from: z.array(task).max(10_000),
      input: json.exactOptional(),
      stated: z.record(z.string(), json).exactOptional(),
    }),
    output: z.object({ runId, from: z.array(z.string()) }),
    perform: async (controls, fork) => {
      await refuseWithheld(controls, fork.runId);
      return begun(controls, await controls.orchestrator.fork(fork));
    },
  }),

  listSchedules: operation({
    input: z.strictObject({}),
    output: z.object({ schedules: z.array(scheduleStatus) }),
    perform: async ({ scheduler }) => ({ schedules: [...(await scheduler.list())] }),
  }),

  pauseSchedule: operation({
    input: z.strictObject({ schedule: scheduleName }),
    output: z.object({}),
    perform: async ({ scheduler }, { schedule }) => {
      await scheduler.pause(schedule);
      return {};
    },
  }),

  resumeSchedule: operation({
    input: z.strictObject({ schedule: scheduleName, catchUp: catchUp.exactOptional() }),
    output: z.object({}),
    perform: async ({ scheduler }, { schedule, catchUp }) => {
      await scheduler.resume(schedule, catchUp);
      return {};
    },
  }),

  triggerSchedule: operation({
    input: z.strictObject({ schedule: scheduleName }),
    output: z.object({ runId }),
    perform: async ({ scheduler }, { schedule }) => ({ runId: await scheduler.trigger(schedule) }),
  }),

  beginBackfill: operation({
    input: z.strictObject({
      id: backfillId.exactOptional(),
      target: backfillTarget,
      from: z.string().max(100),
      to: z.string().max(100),
      concurrency: z.number().exactOptional(),
      newestFirst: z.boolean().exactOptional(),
    }),
    output: z.object({ backfill: backfillProgress }),
    perform: async ({ backfills }, request) => ({ backfill: await backfills.begin(request) }),
  }),

  listBackfills: operation({
    input: z.strictObject({}),
    output: z.object({ backfills: z.array(backfillProgress) }),
    perform: async ({ backfills }) => ({ backfills: [...(await backfills.list())] }),
  }),

  cancelBackfill: operation({
    input: z.strictObject({ id: backfillId }),
    /** Whether it was under way. */
    output: z.object({ cancelled: z.boolean() }),
    perform: async ({ backfills }, { id }) => ({ cancelled: await backfills.cancel(id) }),
  }),

  listPools: operation({
    input: z.strictObject({}),
    output: z.object({
      pools: z.array(
        z.object({
          pool: z.string(),
          slots: z.number().nullable(),
          inUse: z.number(),
          waiting: z.number(),
        }),
      ),
    }),
    perform: async ({ listPools }) => ({ pools: [...(await listPools())] }),
  }),

  createKey: operation({
    input: apiRoutes.createKey.body,
    output: apiRoutes.createKey.response,
    perform: ({ store }, key) => createKey(store, key, Date.now()),
  }),

  listKeys: operation({
    input: z.strictObject({}),
    output: apiRoutes.listKeys.response,
    perform: async ({ store }) => ({ keys: [...(await listKeys(store))] }),
  }),

  revokeKey: operation({
    input: apiRoutes.revokeKey.params,
    output: z.object({ revoked: apiRoutes.listKeys.response.shape.keys.element }),
    perform: async ({ store }, { id }) => ({ revoked: await revokeKey(store, id) }),
  }),
} as const;

export type OperationName = keyof typeof operations;
export type OperationInput<Name extends OperationName> = z.input<(typeof operations)[Name]["input"]>;
export type OperationOutput<Name extends OperationName> = z.output<(typeof operations)[Name]["output"]>;

/**
 * Does what is asked, here.
 * @throws {MycroftError} INPUT_INVALID; what the operation throws.
 */
export async function perform<Name extends OperationName>(
  controls: Controls,
  name: Name,
  input: OperationInput<Name>,
): Promise<OperationOutput<Name>> {
  const value: unknown = await performAny(controls, name, input);
  // The operation of that name gave it.
  return value as OperationOutput<Name>;
}

/**
 * As `perform`, for whoever cannot know what is asked.
 * @throws {MycroftError} CONTROL_INVALID when there is no such operation.
 */
export async function performAny(controls: Controls, name: string, input: unknown): Promise<unknown> {
  if (!isOperation(name)) {
    const known = Object.keys(operations);
    throw new MycroftError(
      "CONTROL_INVALID",
      `There is no operation ${JSON.stringify(name)}: whoever asks was started from another version of Mycroft.`,
      { details: { operation: name, known } },
    );
  }
  const asked: Operation<unknown, unknown, unknown> = operations[name] as never;
  return asked.perform(controls, parseWith(asked.input, input, `The input of ${name}`));
}

/**
 * What another process gave as the output of an operation.
 * @throws {MycroftError} CONTROL_INVALID.
 */
export function readOutput<Name extends OperationName>(name: Name, value: unknown): OperationOutput<Name> {
  const { output } = operations[name];
  return parseWith(
    output as z.ZodType<OperationOutput<Name>>,
    value,
    `The answer to ${name}`,
    "CONTROL_INVALID",
  );
}

const reading: ReadonlySet<string> = new Set<OperationName>([
  "listSchedules",
  "listBackfills",
  "listPools",
  "listKeys",
]);

export function changesSomething(name: string): boolean {
  return !reading.has(name);
}

/** What the input of an operation is about, in a few words. */
export function aboutOf(input: unknown): string {
  const { workflow, runId, task, signal, schedule, id, target } = Object(input) as Readonly<
    Record<string, unknown>
  >;
  const { name } = Object(target ?? input) as { readonly name?: unknown };
  return [workflow, runId, task, signal, schedule, id, name]
    .filter((word) => typeof word === "string")
    .join(" ");
}

function isOperation(name: string): name is OperationName {
  return Object.hasOwn(operations, name);
}

function busyWithItsOwn(): MycroftError {
  return new MycroftError(
    "STORE_LOCKED",
    `The store is held by process ${process.pid}, which ends with its own work and takes no other. Wait until it has ended; ` +
      "`mycroft up` keeps running, and takes runs.",
    { details: { pid: process.pid } },
  );
}

function ownData(options: readonly string[]): MycroftError {
  return new MycroftError(
    "STORE_LOCKED",
    `The store is held by process ${process.pid}, which works on its own data. Leave out ${options.join(", ")}, or end that ` +
      "process first, or name another record with --folder.",
    { details: { pid: process.pid } },
  );
}

/** A new run that begins like another one goes on in this process: with its data, and with its agents. */
async function refuseWithheld({ store, obstacleTo }: Controls, runId: string): Promise<void> {
  const header = await headerOf(store, runId);
  const obstacle = await obstacleTo(header);
  if (obstacle === null) return;
  throw new MycroftError(
    "RUN_WITHHELD",
    `A run that begins like ${runId} cannot go on here: it ${obstacle}.`,
    { details: { runId } },
  );
}

async function begun({ store }: Controls, runId: string): Promise<{ runId: string; from: string[] }> {
  const { forkedFrom } = await headerOf(store, runId);
  return { runId, from: [...(forkedFrom?.tasks ?? [])] };
}

async function headerOf(store: Store, runId: string): Promise<RunHeader> {
  const header = await store.getRun(runId);
  if (header !== undefined) return header;
  throw new MycroftError("RUN_UNKNOWN", `There is no run ${runId}. \`mycroft runs\` lists them.`, {
    details: { runId },
  });
}
