/** Runs, waits, workflows and schedules over real HTTP, against a host that really does them. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { MycroftError } from "@mycroft/errors";
import { apiLimits, apiRoutes } from "@mycroft/protocol";
import { MemoryStore } from "@mycroft/runtime";
import { RunPlace } from "../runs/testing/run-place.ts";

let place: RunPlace;

before(async () => {
  place = await RunPlace.open();
});

after(() => place.close());

const path = (runId: string, rest = "") => `/api/runs/${encodeURIComponent(runId)}${rest}`;
const hostile = '<script>alert(1)</script>\u202e\u0001"';

describe("starting runs over HTTP", () => {
  it("gives a run that can be asked for by its id, its beginning and as the latest", async () => {
    const started = await place.ask("/api/runs", { workflow: "doubling", input: { numbers: [1, 2, 3] } });
    assert.equal(started.status, 201);
    const { runId } = apiRoutes.startRun.response.parse(started.body);
    await place.settled(runId);
    for (const id of [runId, runId.slice(0, -1), "latest"]) {
      const { run, counts, tasks, result, decisionHash } = await place.take(apiRoutes.getRun, path(id));
      assert.deepEqual([run.runId, run.status, counts], [runId, "succeeded", { succeeded: 4 }]);
      assert.deepEqual(
        tasks.map(({ task, node, item, target }) => [task, node, item, target?.name ?? null]),
        [
          ["each", "each", null, null],
          ["each[0]/double", "double", "1", "double"],
          ["each[1]/double", "double", "2", "double"],
          ["each[2]/double", "double", "3", "double"],
        ],
      );
      assert.deepEqual(result?.output?.value, [{ value: 2 }, { value: 4 }, { value: 6 }]);
      assert.match(decisionHash ?? "", /^[0-9a-f]{64}$/);
    }
  });

  it("under one key gives one run, whether the key comes in the header or in the body", async () => {
    const body = { workflow: "asking", input: { what: "x" } };
    const [one, two] = [
      await place.ask("/api/runs", body, { "idempotency-key": "once" }),
      await place.ask("/api/runs", { ...body, startKey: "once" }),
    ];
    assert.deepEqual([one.status, two.status], [201, 200], "it is started once, and found again");
    const { runId } = apiRoutes.startRun.response.parse(one.body);
    assert.deepEqual(
      [one.body, two.body],
      [
        { runId, isNew: true },
        { runId, isNew: false },
      ],
    );
    const later = await place.ask("/api/runs", { ...body, startKey: "once" });
    assert.deepEqual([later.status, later.body], [200, { runId, isNew: false }]);
    const together = await Promise.all(
      [1, 2, 3].map(() => place.ask("/api/runs", { ...body, startKey: "together" })),
    );
    assert.deepEqual(together.map(({ status }) => status).sort(), [200, 200, 201]);
    const other = { ...body, input: { what: "y" } };
    const differing = await place.refused("/api/runs", other, { "idempotency-key": "once" });
    assert.deepEqual([differing.status, differing.code], [409, "START_KEY_MISMATCH"]);
    const both = await place.refused("/api/runs", { ...body, startKey: "a" }, { "idempotency-key": "b" });
    assert.equal(both.code, "INPUT_INVALID");
    assert.equal((await place.refused("/api/runs", body, { "idempotency-key": "é" })).code, "INPUT_INVALID");
  });

  it("P7 names the field of an input that does not fit, and a workflow that is not there", async () => {
    const misfit = await place.refused("/api/runs", { workflow: "doubling", input: { numbers: ["x"] } });
    assert.deepEqual([misfit.status, misfit.code], [400, "INPUT_INVALID"]);
    assert.match(misfit.detail, /numbers/);
    const unknown = await place.refused("/api/runs", { workflow: hostile, input: {} });
    assert.deepEqual([unknown.status, unknown.code], [404, "WORKFLOW_UNKNOWN"]);
    assert.equal((await place.refused("/api/runs", { input: {} })).code, "INPUT_INVALID");
  });
});

describe("what a run says over HTTP", () => {
  it("tells what a function has written to its log, hostile as it may be: of an attempt, and of the run", async () => {
    const runId = await place.settled(await place.start("lengthy", { text: hostile, times: 3 }));
    const { attempts } = await place.take(apiRoutes.getTask, path(runId, "/tasks/say"));
    const { lines = [], leftOut } = attempts[0]?.log ?? {};
    assert.deepEqual(
      lines.map(({ level, message, fields }) => [level, message, fields]),
      [
        ["debug", "repeats", { times: 3 }],
        ["warn", hostile, { length: 3 * hostile.length }],
      ],
    );
    assert.equal(leftOut, null);
    const whole = await place.take(apiRoutes.listLogLines, path(runId, "/log"));
    assert.deepEqual([whole.total, whole.next, whole.leftOut], [2, null, 0]);
    assert.deepEqual(
      whole.lines.map(({ task, attempt, message }) => [task, attempt, message]),
      [
        ["say", 1, "repeats"],
        ["say", 1, hostile],
      ],
    );
    const paged = await place.take(apiRoutes.listLogLines, path(runId, "/log?limit=1"));
    assert.deepEqual([paged.lines.length, paged.total, paged.next], [1, 2, 1]);
    const warned = await place.take(apiRoutes.listLogLines, path(runId, "/log?level=warn&task=say"));
    assert.deepEqual(
      warned.lines.map(({ level }) => level),
      ["warn"],
    );
    assert.equal((await place.refused(path(runId, "/log?level=loud"))).code, "INPUT_INVALID");
  });

  it("tells a task whose id has slashes and brackets, with what went in and out", async () => {
    const runId = await place.settled(await place.start("doubling", { numbers: [5] }));
    const detail = await place.take(
      apiRoutes.getTask,
      path(runId, `/tasks/${encodeURIComponent("each[0]/double")}`),
    );
    assert.deepEqual(detail.output?.value, { value: 10 });
    assert.deepEqual(
      detail.attempts.map(({ outcome, input }) => [outcome, input.value]),
      [["succeeded", { value: 5 }]],
    );
    assert.deepEqual(
      detail.attempts.map(({ log }) => log),
      [null],
    );
    const unknown = await place.refused(path(runId, `/tasks/${encodeURIComponent(hostile)}`));
    assert.deepEqual([unknown.status, unknown.code], [404, "TASK_UNKNOWN"]);
  });

  it("P8 tells what is too large by its size and its hash, and lists no outputs", async () => {
    const times = apiLimits.valueBytes;
    const runId = await place.settled(await place.start("lengthy", { text: "ab", times }));
    const { output } = await place.take(apiRoutes.getTask, path(runId, "/tasks/say"));
    assert.deepEqual([output?.bytes, output?.value], [2 * times + 2, undefined]);
    assert.match(output?.hash ?? "", /^[0-9a-f]{64}$/);
    const whole = await place.ask(path(runId));
    assert.ok(JSON.stringify(whole.body).length < 10_000);
  });

  it("tells an error's text as data, and retries what failed as a new run", async () => {
    const runId = await place.settled(await place.start("failing", { message: hostile }));
    const { run, result, tasks } = await place.take(apiRoutes.getRun, path(runId));
    assert.equal(run.status, "failed");
    assert.ok(result?.error?.message.includes("<script>"), "it is data, and comes as it is");
    assert.equal(tasks[0]?.error?.code, "TASK_FAILED");
    const again = await place.ask(path(runId, "/retry"), {});
    assert.equal(again.status, 201);
    const { runId: retried, from } = apiRoutes.retryRun.response.parse(again.body);
    assert.deepEqual(from, ["fail"]);
    await place.settled(retried);
    const { run: other } = await place.take(apiRoutes.getRun, path(retried));
    assert.deepEqual(other.forkedFrom, { runId, tasks: ["fail"] });
  });

  it("pages events, of one task where asked, and gives one whole", async () => {
    const runId = await place.settled(await place.start("doubling", { numbers: [1, 2, 3, 4] }));
    const seen: number[] = [];
    let from: number | null = 0;
    while (from !== null) {
      const page: { events: { seq: number }[]; next: number | null } = await place.take(
        apiRoutes.listEvents,
        path(runId, `/events?from=${from}&limit=2`),
      );
      seen.push(...page.events.map(({ seq }) => seq));
      from = page.next;
    }
    assert.deepEqual(seen, [0, 1, 2, 3, 4]);
    const task = encodeURIComponent("each[2]/double");
    const { events } = await place.take(apiRoutes.listEvents, path(runId, `/events?task=${task}`));
    assert.deepEqual(
      events.map(({ type, attempt }) => [type, attempt]),
      [["attemptSucceeded", 1]],
    );
    const { event } = await place.take(apiRoutes.getEvent, path(runId, "/events/0"));
    assert.equal(Reflect.get(Object(event.value), "type"), "runStarted");
    assert.equal((await place.refused(path(runId, "/events/99"))).status, 404);
  });

  it("P6 replays, and tells what differs between two runs", async () => {
    const left = await place.settled(await place.start("doubling", { numbers: [1] }));
    const right = await place.settled(await place.start("doubling", { numbers: [2] }));
    const verdict = await place.take(apiRoutes.replayRun, path(left, "/replay"), {});
    assert.deepEqual([verdict.agrees, verdict.recomputed, verdict.divergences], [true, 1, []]);
    const diff = await place.take(apiRoutes.diffRuns, `/api/diff?left=${left}&right=${right}`);
    assert.deepEqual(diff.differences.map(({ area }) => area).slice(0, 1), ["input"]);
    const { differences, omitted } = await place.take(
      apiRoutes.diffRuns,
      `/api/diff?left=${left}&right=${right}&limit=1`,
    );
    assert.deepEqual([differences.length, omitted], [1, diff.differences.length - 1]);
  });

  it("P7 knows no run that is not there, whatever is done to it", async () => {
    const unknown = path(hostile);
    const body = { reason: "x" };
    const refusals = [
      await place.refused(unknown),
      await place.refused(`${unknown}/events`),
      await place.refused(`${unknown}/events/stream`),
      await place.refused(`${unknown}/cancel`, body),
      await place.refused(`${unknown}/retry`, {}),
      await place.refused(`${unknown}/fork`, {}),
      await place.refused(`${unknown}/approve`, { verdict: "approve" }),
      await place.refused(`${unknown}/signal`, { signal: "go" }),
      await place.refused(`${unknown}/replay`, {}),
      await place.refused("/api/diff?left=nothing&right=latest"),
    ];
    for (const { status, code } of refusals) assert.deepEqual([status, code], [404, "RUN_UNKNOWN"]);
  });
});

describe("steering runs over HTTP", () => {
  it("E8 asks a person, tells of it in the run, in its parent and in the list, and keeps who answered", async () => {
    const runId = await place.start("outer", { what: hostile });
    const child = await childUnderWay(runId);
    const shown = { what: hostile };
    const ofParent = await place.take(apiRoutes.getRun, path(runId));
    assert.deepEqual(
      ofParent.waits.map((wait) => [wait.runId, wait.rootRunId, wait.kind, wait.shown?.value]),
      [[child, runId, "approval", shown]],
    );
    const { waits } = await place.take(apiRoutes.listWaits, "/api/waits");
    assert.ok(waits.some((wait) => wait.runId === child && wait.rootRunId === runId));
    await place.take(apiRoutes.approveTask, path(child, "/approve"), { verdict: "approve", comment: "yes" });
    await place.settled(runId);
    const { result } = await place.take(apiRoutes.getRun, path(runId));
    assert.deepEqual(result?.output?.value, { by: "tester" });
    const { runs: children } = await place.take(apiRoutes.listRuns, `/api/runs?parent=${runId}`);
    assert.deepEqual(
      children.map((run) => [run.runId, run.parent?.runId]),
      [[child, runId]],
    );
    const late = await place.refused(path(child, "/approve"), { verdict: "approve" });
    assert.equal(late.status, 409);
  });

  it("E9 takes a signal, and names the field of a payload that does not fit", async () => {
    const runId = await place.start("stepwise", { numbers: [1] });
    const misfit = await place.refused(path(runId, "/signal"), { signal: "go", payload: { value: "x" } });
    assert.deepEqual([misfit.status, misfit.code], [400, "INPUT_INVALID"]);
    assert.match(misfit.detail, /step "first"/);
    const unknown = await place.refused(path(runId, "/signal"), { signal: "nothing" });
    assert.deepEqual([unknown.status, unknown.code], [404, "SIGNAL_UNKNOWN"]);
    await place.take(apiRoutes.signalRun, path(runId, "/signal"), { signal: "go", payload: { value: 4 } });
    await place.take(apiRoutes.signalRun, path(runId, "/signal"), { signal: "on" });
    await place.settled(runId);
    const { result } = await place.take(apiRoutes.getRun, path(runId));
    assert.deepEqual(result?.output?.value, { value: 4 });
  });

  it("E11 cancels, once", async () => {
    const runId = await place.start("asking", { what: "x" });
    const first = await place.take(apiRoutes.cancelRun, path(runId, "/cancel"), { reason: hostile });
    assert.deepEqual(first, { cancelled: true, status: "cancelled" });
    const second = await place.take(apiRoutes.cancelRun, path(runId, "/cancel"), { reason: "again" });
    assert.deepEqual(second, { cancelled: false, status: "cancelled" });
    const { result } = await place.take(apiRoutes.getRun, path(runId));
    assert.equal(result?.reason, hostile);
  });

  it("forks with something changed", async () => {
    const runId = await place.settled(await place.start("doubling", { numbers: [1, 2] }));
    const forked = await place.take(apiRoutes.forkRun, path(runId, "/fork"), {
      stated: { "each[1]/double": { value: 100 } },
    });
    await place.settled(forked.runId);
    const { result } = await place.take(apiRoutes.getRun, path(forked.runId));
    assert.deepEqual(result?.output?.value, [{ value: 2 }, { value: 100 }]);
  });
});

describe("lists of runs over HTTP", () => {
  it("page by every filter, children left out, none twice and none missing", async () => {
    const list = await RunPlace.open();
    try {
      const ids: string[] = [];
      for (let index = 0; index < 7; index += 1) {
        const isOuter = index % 2 === 0;
        const tags = index < 3 ? ["early"] : [];
        const started = await list.start(isOuter ? "outer" : "asking", { what: `${index}` }, { tags });
        ids.unshift(started);
      }
      const newestFirst = ids.toSorted().reverse();
      const pagesOf = async (query: string) => {
        const found: string[] = [];
        let cursor: string | null = "";
        while (cursor !== null) {
          const more: string = cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`;
          const page: { runs: { runId: string }[]; nextCursor: string | null } = await list.take(
            apiRoutes.listRuns,
            `/api/runs?limit=2${query}${more}`,
          );
          assert.ok(page.runs.length <= 2);
          found.push(...page.runs.map(({ runId }) => runId));
          cursor = page.nextCursor;
        }
        return found;
      };
      const of = (fits: (index: number) => boolean) =>
        newestFirst.filter((runId) => fits(ids.length - 1 - ids.indexOf(runId)));
      assert.deepEqual(await pagesOf(""), newestFirst);
      assert.deepEqual(
        await pagesOf("&workflow=outer"),
        of((index) => index % 2 === 0),
      );
      assert.deepEqual(
        await pagesOf("&tag=early"),
        of((index) => index < 3),
      );
      assert.deepEqual(
        await pagesOf("&tag=early&workflow=asking&status=running"),
        of((index) => index === 1),
      );
      assert.deepEqual(await pagesOf("&status=failed"), []);
      assert.deepEqual(await pagesOf(`&prefix=${newestFirst[3]}`), [newestFirst[3]]);
      for (const query of [
        "limit=0",
        "limit=501",
        "status=odd",
        `tag=${"x".repeat(101)}`,
        `prefix=${"x".repeat(201)}`,
      ])
        assert.equal((await list.refused(`/api/runs?${query}`)).code, "INPUT_INVALID");
    } finally {
      await list.close();
    }
  });
});

describe("workflows and schedules over HTTP", () => {
  it("tell a workflow with its graph, its input and its versions", async () => {
    await place.settled(await place.start("doubling", { numbers: [1] }));
    const { workflows } = await place.take(apiRoutes.listWorkflows, "/api/workflows");
    assert.equal(workflows.length, 7);
    assert.deepEqual(workflows.find(({ name }) => name === "daily")?.schedules, ["nightly"]);
    const detail = await place.take(apiRoutes.getWorkflow, "/api/workflows/doubling");
    assert.deepEqual(
      detail.plan.nodes.map(({ name, kind, nodes }) => [name, kind, nodes.map((node) => node.name)]),
      [["each", "map", ["double"]]],
    );
    assert.equal(Reflect.get(Object(detail.inputSchema), "type"), "object");
    assert.deepEqual(
      detail.versions.map(({ planHash, isCurrent }) => [planHash, isCurrent]),
      [[detail.planHash, true]],
    );
    const plan = await place.take(apiRoutes.getPlan, `/api/plans/${detail.planHash}`);
    assert.deepEqual(plan, detail.plan);
    const unknown = await place.refused("/api/workflows/doublin");
    assert.deepEqual([unknown.status, unknown.code], [404, "WORKFLOW_UNKNOWN"]);
    assert.match(unknown.detail, /Did you mean doubling/);
    assert.equal((await place.refused("/api/plans/none")).status, 404);
  });

  it("tell the newest runs node by node", async () => {
    const runId = await place.settled(await place.start("failing", { message: "no" }));
    const grid = await place.take(apiRoutes.getGrid, "/api/workflows/failing/grid?limit=1");
    assert.deepEqual(grid.nodes, [{ path: "fail", depth: 0 }]);
    assert.deepEqual(
      grid.runs.map((run) => [run.runId, run.status, run.cells]),
      [[runId, "failed", [{ status: "failed", tasks: 1 }]]],
    );
    const doubling = await place.take(apiRoutes.getGrid, "/api/workflows/doubling/grid");
    assert.deepEqual(
      doubling.nodes.map(({ path }) => path),
      ["each", "each/double"],
    );
  });

  it("steer schedules and backfills", async () => {
    await place.take(apiRoutes.pauseSchedule, "/api/schedules/nightly/pause", {});
    const paused = await place.take(apiRoutes.listSchedules, "/api/schedules");
    assert.deepEqual(
      paused.schedules.map(({ name, paused }) => [name, paused]),
      [["nightly", true]],
    );
    await place.take(apiRoutes.resumeSchedule, "/api/schedules/nightly/resume", { catchUp: "none" });
    const { runId } = await place.take(apiRoutes.triggerSchedule, "/api/schedules/nightly/trigger", {});
    await place.settled(runId);
    const unknown = await place.refused("/api/schedules/none/trigger", {});
    assert.deepEqual([unknown.status, unknown.code], [404, "SCHEDULE_UNKNOWN"]);
    const body = { schedule: "nightly", from: "2026-01-05", to: "2026-01-07" };
    const begun = await place.take(apiRoutes.startBackfill, "/api/backfills", body);
    assert.deepEqual([begun.schedule, begun.planned], ["nightly", 3]);
    const { backfills } = await place.take(apiRoutes.listBackfills, "/api/backfills");
    assert.deepEqual(
      backfills.map(({ id }) => id),
      [begun.id],
    );
    await place.take(apiRoutes.cancelBackfill, `/api/backfills/${begun.id}/cancel`, {});
    assert.equal((await place.refused("/api/backfills/none/cancel", {})).code, "BACKFILL_UNKNOWN");
    const { pools } = await place.take(apiRoutes.listPools, "/api/pools");
    assert.ok(pools.some(({ pool }) => pool === "default"));
    const { processes } = await place.take(apiRoutes.listProcesses, "/api/processes");
    assert.equal(processes.length, 1);
  });
});

describe("damaged records over HTTP", () => {
  it("are told as problems where they are asked for, and hide nothing else", async () => {
    const store = new StoreWithDamage();
    const list = await RunPlace.open({ store });
    try {
      const bad = await list.start("asking", { what: "bad" });
      const good = await list.start("asking", { what: "good" });
      store.damaged = bad;
      assert.equal((await list.refused(path(bad))).code, "STORE_DAMAGED");
      assert.equal((await list.refused(path(bad, "/events/stream"))).code, "STORE_DAMAGED");
      const { waits, omitted } = await list.take(apiRoutes.listWaits, "/api/waits");
      assert.deepEqual([waits.map(({ runId }) => runId), omitted], [[good], 1]);
      const { runs } = await list.take(apiRoutes.getGrid, "/api/workflows/asking/grid");
      assert.deepEqual(
        new Map(runs.map(({ runId, cells }) => [runId, cells[0]?.status ?? null])),
        new Map([
          [good, "waitingForApproval"],
          [bad, null],
        ]),
      );
      assert.ok(list.errors.some(({ code }) => code === "STORE_DAMAGED"));
    } finally {
      await list.close();
    }
  });
});

class StoreWithDamage extends MemoryStore {
  damaged = "";

  override async readEvents(runId: string, fromSeq?: number) {
    if (runId === this.damaged) throw new MycroftError("STORE_DAMAGED", "An event is not what was written.");
    return super.readEvents(runId, fromSeq);
  }
}

/** The child run, as soon as it waits for a person. */
async function childUnderWay(runId: string): Promise<string> {
  for (;;) {
    const { waits } = await place.take(apiRoutes.getRun, path(runId));
    const [wait] = waits;
    if (wait !== undefined) return wait.runId;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
