/** Histories that real hosts have made are moved to a private Postgres, and gone on with there. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { openPostgresStore } from "@mycroft/distributed";
import { type PostgresServer, startPostgres, whyNoPostgres } from "@mycroft/distributed/testing";
import { InProcessBus, InProcessQueue, openSqliteStore } from "@mycroft/embedded";
import { MycroftError } from "@mycroft/errors";
import { createInProcessGateway } from "@mycroft/gateways";
import { everyKind, placeOrder } from "@mycroft/record/testing";
import {
  decisionHash,
  type Host,
  type Orchestrator,
  type RunHeader,
  readRun,
  replayRun,
  type Store,
  SystemClock,
  startHost,
} from "@mycroft/runtime";
import { failsWith } from "../testing/assert-failure.ts";
import { callCommand } from "../testing/call-command.ts";
import { runMycroft, startMycroft } from "../testing/mycroft-process.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { processOptions, writeWaitingProject } from "../testing/waiting-project.ts";

const secret = "s3cret-pa55";
const forEver = { retentionDays: Number.POSITIVE_INFINITY };
const functions = [...everyKind.functions, ...placeOrder.functions];
const gateway = createInProcessGateway({ agents: [], functions, policies: [], market: null });

function hostOver(store: Store): Promise<Host> {
  const clock = new SystemClock();
  const ports = { store, clock, gateway, queue: new InProcessQueue(), bus: new InProcessBus({ clock }) };
  return startHost(ports, { dispatch: { pools: { llm: { slots: 2 } } } });
}

function startOne(orchestrator: Orchestrator, order: string, dataHash: string): Promise<string> {
  return orchestrator.startRun({
    plan: everyKind.plan,
    childPlans: [placeOrder.plan],
    input: { order },
    asOf: "2026-01-05",
    provenance: { codeVersion: "0.1.0+test", dataHash },
    startKey: `order ${order}`,
  });
}

/** Gives a verdict as soon as the run asks for one. */
async function decide(orchestrator: Orchestrator, runId: string, verdict: "approve" | "reject") {
  for (;;) {
    try {
      return await orchestrator.decide(runId, { task: "review", verdict, by: "ada" });
    } catch (thrown) {
      if (!(thrown instanceof MycroftError && thrown.code === "TASK_NOT_WAITING")) throw thrown;
      await turn();
    }
  }
}

const fill = (orchestrator: Orchestrator, runId: string, order: string) =>
  orchestrator.signal(runId, { signal: "order-filled", key: order, payload: { price: 1.5 } });

interface History {
  readonly folder: string;
  /** The run that still waits for a verdict. */
  readonly waiting: string;
}

/** Runs of every kind of step: approved, rejected, cancelled, forked, and one that waits; with all that a store holds. */
async function makeHistory(folder: string): Promise<History> {
  const store = await openSqliteStore({ folder, inlineEventBytes: 300, ...forEver });
  const dataHash = await store.putArtifact({ closes: [1, 2, 3] });
  await store.putDocument({ collection: "notes", id: "one", replaces: 0, value: 1 });
  await store.putDocument({ collection: "notes", id: "one", replaces: 1, value: { b: 2, a: "\u0000" } });
  const host = await hostOver(store);
  const { orchestrator } = host;
  const [approved, rejected, cancelled, waiting] = await Promise.all(
    ["1", "2", "3", "4"].map((order) => startOne(orchestrator, order, dataHash)),
  );
  assert.ok(
    approved !== undefined && rejected !== undefined && cancelled !== undefined && waiting !== undefined,
  );
  await fill(orchestrator, approved, "1");
  await decide(orchestrator, approved, "approve");
  await decide(orchestrator, rejected, "reject");
  await orchestrator.cancel(cancelled, "not wanted");
  await Promise.all([approved, rejected, cancelled].map((runId) => orchestrator.waitFor(runId)));
  await orchestrator.fork({ runId: approved, from: ["review"] });
  await host.close();
  return { folder, waiting };
}

async function allRuns(store: Store): Promise<readonly RunHeader[]> {
  return (await store.listRuns({ limit: 1_000 })).runs;
}

describe("mycroft migrate-store", { skip: whyNoPostgres() }, () => {
  const { path } = temporaryFolder();
  let server: PostgresServer;
  let history: History;
  before(async () => {
    [server, history] = await Promise.all([startPostgres({ isDurable: true }), makeHistory(path)]);
  });
  after(() => server.stop());

  const migrate = (schema: string, ...words: readonly string[]) =>
    callCommand(["migrate-store", history.folder, server.url, "--schema", schema, ...words]);

  test("P6 every run is read, folded and replayed to the same hashes on the other side", async () => {
    await migrate("same");
    const [left, right] = [
      await openSqliteStore({ folder: history.folder, readOnly: true }),
      await openPostgresStore({ url: server.url, schema: "same", readOnly: true }),
    ];
    try {
      const runs = await allRuns(left);
      assert.ok(runs.length >= 6, `${runs.length} runs`);
      assert.deepEqual(
        new Set(runs.map(({ status }) => status)),
        new Set(["succeeded", "cancelled", "running"]),
      );
      assert.deepEqual(await allRuns(right), runs);
      for (const { runId, startKey } of runs) {
        const [one, other] = [await readRun(left, runId), await readRun(right, runId)];
        assert.deepEqual([other.header, other.plan, other.events], [one.header, one.plan, one.events]);
        if (startKey !== null) assert.equal((await right.findRunByStartKey(startKey))?.runId, runId);
        if (one.state.result === null || other.state.result === null) continue;
        assert.equal(decisionHash(other.state.result), decisionHash(one.state.result));
        const replay = await replayRun(other, gateway, ({ kind }) => kind === "function");
        assert.deepEqual([replay.agrees, replay.recordedHash], [true, decisionHash(one.state.result)]);
      }
      const { dataHash = "" } = runs[0]?.provenance ?? {};
      assert.deepEqual(await right.getArtifact(dataHash), { closes: [1, 2, 3] });
      assert.deepEqual(await right.getDocument("notes", "one"), await left.getDocument("notes", "one"));
    } finally {
      await left.close();
      await right.close();
    }
  });

  test("a run that was under way is taken over on the other side, and ends as it would have", async () => {
    await migrate("taken_over");
    const host = await hostOver(
      await openPostgresStore({ url: server.url, schema: "taken_over", ...forEver }),
    );
    try {
      const { orchestrator } = host;
      await fill(orchestrator, history.waiting, "4");
      await decide(orchestrator, history.waiting, "approve");
      const result = await orchestrator.waitFor(history.waiting);
      assert.deepEqual(result, { status: "succeeded", output: { by: "ada", price: 1.5 } });
    } finally {
      await host.close();
    }
    const failure = failsWith("STORE_NOT_EMPTY", /differs in (header|events).*--schema|name another schema/u);
    await assert.rejects(migrate("taken_over"), failure);
  });

  test("the report says what was moved, and the same is said again of a move that is repeated", async () => {
    const first = await migrate("reported");
    assert.equal(first.exitCode, 0);
    const runs = /^runs +(\d+) {2}([0-9a-f]{16})$/mu.exec(first.text);
    assert.match(
      first.text,
      /^Moved all that \S+ holds to postgres@127\.0\.0\.1:\d+\/postgres \(schema reported\)/u,
    );
    assert.match(first.text, /^\d+ of the runs are under way/mu);
    const { exitCode, value } = await migrate("reported", "--json");
    const told = value as Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    assert.deepEqual([exitCode, told["wasThere"], told["from"]], [0, true, history.folder]);
    assert.deepEqual(Object.keys(told["runs"] ?? {}), ["count", "hash", "events", "underWay"]);
    assert.deepEqual(
      [String(told["runs"]?.["count"]), String(told["runs"]?.["hash"]).slice(0, 16)],
      runs?.slice(1),
    );
    assert.deepEqual([told["documents"]?.["count"], told["artifacts"]?.["count"]], [1, 1]);
    assert.match((await migrate("reported")).text, /^All that .* is in .* already: nothing was moved/u);
  });

  test("a row that was tampered with is found, and named", async () => {
    await migrate("tampered");
    await server.query(
      `UPDATE tampered.events SET body = replace(body, 'ada', 'eve') WHERE body LIKE '%approvalDecided%approve%'`,
    );
    await assert.rejects(
      migrate("tampered"),
      failsWith("STORE_NOT_EMPTY", /the run \S+ differs in events from \d+ on/u),
    );
  });

  test("the record may be named by its own folder, its file, or the folder that it lies in", async () => {
    const folder = temporaryFolder();
    const record = join(folder.path, ".mycroft");
    await (await openSqliteStore({ folder: record, ...forEver })).close();
    for (const [index, from] of [record, folder.path, join(record, "mycroft.sqlite")].entries()) {
      const words = ["migrate-store", from, server.url, "--schema", `named_${index}`, "--json"];
      const { value } = await callCommand(words);
      assert.equal(Reflect.get(value as object, "from"), record);
    }
  });

  test("P7 a record that `mycroft up` works on is refused, saying which process it is", async (context) => {
    const folder = temporaryFolder({ isLinked: true });
    writeWaitingProject(folder);
    const up = startMycroft(["up"], processOptions(folder));
    context.after(() => up.child.kill("SIGKILL"));
    await up.prints(/^Up: process \d+ holds/mu);
    const moving = callCommand(["migrate-store", folder.path, server.url, "--schema", "held"]);
    await assert.rejects(
      moving,
      failsWith("STORE_LOCKED", new RegExp(`process ${up.child.pid}.* stop it`, "u")),
    );
    up.child.kill("SIGTERM");
    assert.equal((await up.ended).exitCode, 0);
    const { exitCode } = await callCommand(["migrate-store", folder.path, server.url, "--schema", "held"]);
    assert.equal(exitCode, 0);
  });

  test("P3 a move that is killed half way leaves nothing, and begins anew when it is started again", async () => {
    await (await openPostgresStore({ url: server.url, schema: "killed", ...forEver })).close();
    // Whoever writes a run waits for the one who holds this lock.
    await server.query(`CREATE FUNCTION killed.wait() RETURNS trigger LANGUAGE plpgsql
      AS $$ BEGIN PERFORM pg_advisory_xact_lock(42); RETURN NEW; END $$`);
    await server.query(
      `CREATE TRIGGER wait BEFORE INSERT ON killed.runs FOR EACH ROW EXECUTE FUNCTION killed.wait()`,
    );
    const holding = server.query("SELECT pg_advisory_lock(42), pg_sleep(600)").catch(() => []);
    await untilSo("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = 42 AND granted");
    const options = processOptions(temporaryFolder());
    const words = ["migrate-store", history.folder, server.url, "--schema", "killed"];
    const moving = startMycroft(words, options);
    await untilSo("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = 42 AND NOT granted");
    moving.child.kill("SIGKILL");
    await moving.ended;
    await server.query(
      "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = 42",
    );
    await holding;
    await untilSo("SELECT 1 WHERE NOT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory')");
    for (const table of ["plans", "artifacts", "documents", "runs", "events"]) {
      assert.deepEqual(await server.query(`SELECT * FROM killed.${table}`), [], table);
    }
    const { exitCode, out, err } = await runMycroft([...words, "--json"], options);
    assert.deepEqual([exitCode, err, JSON.parse(out).wasThere], [0, "", false]);
  });

  test("P7 what is wrong is said, nothing is made, and no password is shown", async () => {
    const folder = temporaryFolder();
    const nothing = join(folder.path, "nothing");
    await assert.rejects(
      callCommand(["migrate-store", nothing, server.url]),
      failsWith("NOT_FOUND", /There is no store in .*nothing/u),
    );
    assert.equal(existsSync(nothing), false);
    const url = `postgres://me:${secret}@127.0.0.1:${server.port}/none`;
    for (const [words, code, exitCode] of [
      [[url, url], "USAGE", 2],
      [[history.folder, `mysql://me:${secret}@host/base`], "USAGE", 2],
      [[history.folder, `me:${secret}@host`], "USAGE", 2],
      [[history.folder], "USAGE", 2],
      [[history.folder, url, "--schema", "not a name"], "INPUT_INVALID", 1],
      [[history.folder, url.replace("/none", "/no%zz")], "INPUT_INVALID", 1],
      [[history.folder, url], "STORE_REFUSED", 1],
      [[history.folder, url.replace(String(server.port), "1")], "STORE_UNREACHABLE", 1],
    ] as const) {
      const ended = await runMycroft(["migrate-store", ...words, "--debug"], processOptions(folder));
      assert.match(ended.err, new RegExp(`^error ${code}: `, "u"));
      assert.deepEqual([ended.exitCode, ended.out], [exitCode, ""], ended.err);
      assert.ok(!ended.err.includes(secret), ended.err);
    }
  });

  /** Asks until there is an answer. */
  async function untilSo(sql: string): Promise<void> {
    while ((await server.query(sql)).length === 0) await turn();
  }
});
