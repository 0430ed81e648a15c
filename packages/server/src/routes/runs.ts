/** Routes of runs: what there is, and what may be done with it. What changes something is an operation, as on the command line. */
import type { JsonValue } from "@mycroft/engine";
import { MycroftError } from "@mycroft/errors";
import { compareRuns, findRun, readRun } from "@mycroft/runtime";
import type { FastifyRequest } from "fastify";
import type { Backend } from "../backend.ts";
import { type OperationInput, perform } from "../operations/index.ts";
import { boundedJson, ValueBudget } from "../runs/bounded-json.ts";
import { listEvents } from "../runs/list-events.ts";
import { listRuns } from "../runs/list-runs.ts";
import { logPage } from "../runs/log-views.ts";
import { runDetail } from "../runs/run-detail.ts";
import { runSummary } from "../runs/run-summary.ts";
import { allWaits, waitsWithin } from "../runs/run-waits.ts";
import { taskDetail } from "../runs/task-views.ts";
import type { ToldRuns } from "../runs/told-runs.ts";
import type { Handlers } from "./handlers.ts";

const replaysAtOnce = 2;
const mostDivergences = 1_000;

export function runHandlers(backend: Backend, toldRuns: ToldRuns): Handlers<"runs"> {
  const { controls, onError } = backend;
  const { store } = controls;
  const waiting = { store, toldRuns, onError };
  const idOf = async (given: string): Promise<string> => (await findRun(store, given)).runId;
  let replays = 0;
  return {
    listRuns: async ({ query }) => {
      const { runs, nextCursor } = await listRuns(store, query);
      return { runs: runs.map(runSummary), nextCursor };
    },
    startRun: async ({ body, request, reply }) => {
      const startKey = startKeyOf(body.startKey, request);
      const started = await perform(controls, "startRun", {
        ...{
          workflow: body.workflow,
          input: (body.input ?? {}) as JsonValue,
          tags: [...body.tags],
          dataOptions: [],
        },
        ...(body.asOf === undefined ? {} : { asOf: body.asOf }),
        ...(startKey === undefined ? {} : { startKey }),
      });
      if (started.isNew) void reply.status(201);
      return started;
    },
    getRun: async ({ params }) => {
      const told = await toldRuns.find(params.runId);
      const obstacle = told.isSettled ? null : await controls.obstacleTo(told.header);
      return runDetail(told, { obstacle, waits: [...(await waitsWithin(waiting, told))] });
    },
    listEvents: async ({ params, query }) => listEvents(store, await idOf(params.runId), query),
    getEvent: async ({ params: { runId, seq } }) => {
      const [event] = await store.readEvents(await idOf(runId), seq, 1);
      if (event !== undefined) return { event: boundedJson(event as unknown as JsonValue) };
      throw new MycroftError("NOT_FOUND", `Run ${runId} has no event ${seq}.`, { details: { runId, seq } });
    },
    listLogLines: async ({ params, query: { level, task, from, limit } }) => {
      const told = await toldRuns.find(params.runId);
      return logPage(told.fold.log.read(level, task), from, limit);
    },
    getTask: async ({ params: { runId, task } }) => {
      const told = await toldRuns.find(runId);
      const story = told.stories().find(({ id }) => id === task);
      if (story !== undefined) return taskDetail(story, told.fold.state, told.nodes);
      throw new MycroftError(
        "TASK_UNKNOWN",
        `Run ${told.header.runId} has no task ${JSON.stringify(task)}.`,
        {
          details: { runId: told.header.runId, task },
        },
      );
    },
    cancelRun: async ({ params, body: { task, reason } }) =>
      perform(controls, "cancel", {
        ...{ runId: await idOf(params.runId), reason },
        ...(task === undefined ? {} : { task }),
      }),
    retryRun: async ({ params }) => perform(controls, "retry", { runId: await idOf(params.runId) }),
    forkRun: async ({ params, body: { from, input, stated } }) =>
      perform(controls, "fork", {
        ...{ runId: await idOf(params.runId), from: [...from] },
        ...(input === undefined ? {} : { input }),
        ...(stated === undefined ? {} : { stated }),
      } as OperationInput<"fork">),
    approveTask: async ({ params, body: { task, verdict, comment }, caller }) =>
      perform(controls, "approve", {
        ...{ runId: await idOf(params.runId), verdict, by: caller.name },
        ...(task === undefined ? {} : { task }),
        ...(comment === undefined ? {} : { comment }),
      }),
    signalRun: async ({ params, body: { signal, key, payload, id } }) =>
      perform(controls, "signal", {
        ...{ runId: await idOf(params.runId), signal, payload },
        ...(key === undefined ? {} : { key }),
        ...(id === undefined ? {} : { id }),
      } as OperationInput<"signal">),
    replayRun: async ({ params }) => {
      if (replays >= replaysAtOnce) {
        throw new MycroftError(
          "RATE_LIMITED",
          `${replays} replays are under way, and no more are done at once.`,
          {
            retryable: true,
            details: { limit: replaysAtOnce },
          },
        );
      }
      replays += 1;
      try {
        const { divergences, ...verdict } = await backend.replay(await idOf(params.runId));
        const values = new ValueBudget();
        return {
          ...verdict,
          divergences: divergences.slice(0, mostDivergences).map(({ task, recorded, replayed }) => {
            return { task, recorded: boundedJson(recorded, values), replayed: boundedJson(replayed, values) };
          }),
        };
      } finally {
        replays -= 1;
      }
    },
    diffRuns: async ({ query: { left, right, limit } }) => {
      const [one, other] = [await readRun(store, left), await readRun(store, right)];
      const { differences, omitted } = compareRuns(one, other, limit);
      const budget = new ValueBudget();
      return {
        left: runSummary(one.header),
        right: runSummary(other.header),
        differences: differences.map(({ area, task, path, ...values }) => ({
          ...{ area, task: task ?? null, path },
          left: side(values.left, budget),
          right: side(values.right, budget),
        })),
        omitted,
      };
    },
    listWaits: () => allWaits(waiting),
  };
}

function side(value: JsonValue | undefined, budget: ValueBudget) {
  return value === undefined ? null : boundedJson(value, budget);
}

/** @throws {MycroftError} INPUT_INVALID. */
function startKeyOf(stated: string | undefined, request: FastifyRequest): string | undefined {
  const key = idempotencyKey(request);
  if (stated === undefined || key === undefined || stated === key) return stated ?? key;
  throw new MycroftError(
    "INPUT_INVALID",
    "startKey and the header Idempotency-Key differ; give one of them.",
    {
      details: { field: "startKey" },
    },
  );
}

/** @throws {MycroftError} INPUT_INVALID. */
function idempotencyKey(request: FastifyRequest): string | undefined {
  const key = request.headers["idempotency-key"];
  if (key === undefined) return undefined;
  if (typeof key === "string" && /^[ -~]{1,200}$/u.test(key)) return key;
  throw new MycroftError("INPUT_INVALID", "Idempotency-Key is 1 to 200 printable ASCII characters.", {
    details: { field: "Idempotency-Key" },
  });
}
