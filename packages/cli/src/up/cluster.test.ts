/** Commands on a cluster, as processes on servers of their own: what workers and orchestrators do, and what others see of it. */
import assert from "node:assert/strict";
import { after, before, describe, type TestContext, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import {
  type PostgresServer,
  type PrivateRedis,
  startPostgres,
  startPrivateRedis,
  whyNoPostgres,
  whyNoRedis,
} from "@mycroft/distributed/testing";
import { failsWith } from "../testing/assert-failure.ts";
import { callCommand } from "../testing/call-command.ts";
import { type MycroftProcess, runMycroft, startMycroft } from "../testing/mycroft-process.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { processOptions, writeWaitingProject } from "../testing/waiting-project.ts";

/** Each look is a connection of its own. */
const lookEveryMs = 100;
const skip = whyNoPostgres() || whyNoRedis();

/** What these tests look at of the server's answers. */
interface PageAnswer {
  readonly kind?: string;
  readonly processes?: readonly { readonly role: string }[];
  readonly runId?: string;
}

describe("a cluster", { skip, concurrency: 4 }, () => {
  const folder = temporaryFolder({ isLinked: true });
  const config = writeWaitingProject(folder);
  const poorConfig = folder.write(
    "poor.config.ts",
    `import { defineConfig, defineFunction, workflow } from "@mycroft/sdk";
     import { z } from "zod";
     const other = defineFunction({ name: "other", version: "1", input: z.object({}), output: z.object({}), run: () => ({}) });
     export default defineConfig({ workflows: [workflow({ name: "other", input: z.object({}) }, (w) => w.call("one", other, {}))] });`,
  );
  const options = processOptions(folder);
  let postgres: PostgresServer;
  let redis: PrivateRedis;

  before(async () => {
    [postgres, redis] = await Promise.all([startPostgres({ isDurable: true }), startPrivateRedis()]);
  });
  after(async () => {
    await Promise.all([postgres.stop(), redis.stop()]);
  });

  /** The settings of a cluster that no other test uses. */
  const cluster = (name: string) => ["--store", postgres.url, "--queue", redis.url, "--cluster", name];
  const here = (name: string, ...words: string[]) =>
    callCommand([...words, "--config", config, "--store", postgres.url, "--cluster", name]);

  async function start(context: TestContext, name: string, ...words: string[]): Promise<MycroftProcess> {
    const started = startMycroft([...words, ...cluster(name)], options);
    context.after(() => started.child.kill("SIGKILL"));
    await started.prints(/^(?:Worker|Orchestrator|Up): process \d+ works on/mu);
    return started;
  }

  test("orchestrator and worker do what other commands ask, and say what they do", async (context) => {
    const orchestrator = await start(context, "both", "orchestrator", "--config", config);
    const worker = await start(
      context,
      "both",
      "worker",
      "--config",
      config,
      "--pool",
      "default=3",
      "narrow",
    );
    const outcome = (await here("both", "run", "review", "--input", '{"value":8}', "--json")).value as {
      readonly run: { readonly runId: string; readonly status: string };
      readonly waits: readonly { readonly task: string }[];
    };
    const { runId } = outcome.run;
    assert.deepEqual([outcome.run.status, outcome.waits.map(({ task }) => task)], ["running", ["sign-off"]]);
    const approved = await here("both", "approve", runId, "--by", "ada", "--json");
    assert.equal((approved.value as typeof outcome).run.status, "succeeded");
    await worker.prints(new RegExp(`did +${runId} +first \\(half\\) +in `, "u"));
    await orchestrator.prints(new RegExp(`succeeded +${runId} +review`, "u"));

    // What a process says of itself is as old as its last heartbeat, when it may have held the run's last attempt.
    let processes: readonly Readonly<Record<string, unknown>>[] = [];
    await until(async () => {
      const { value, exitCode } = await here("both", "workers", "--json");
      assert.equal(exitCode, 0);
      ({ processes } = value as { readonly processes: typeof processes });
      return !/"inHand":[1-9]/u.test(JSON.stringify(processes));
    });
    assert.deepEqual(
      processes
        .map(({ kind, shards, pools }) => ({ kind, shards, pools }))
        .sort((one, other) => (String(one.kind) < String(other.kind) ? -1 : 1)),
      [
        { kind: "orchestrator", shards: 64, pools: {} },
        {
          kind: "worker",
          shards: 0,
          pools: { default: { concurrency: 3, inHand: 0 }, narrow: { concurrency: 16, inHand: 0 } },
        },
      ],
    );
    assert.match((await here("both", "show", runId)).text, /second/u);
    assert.match((await here("both", "runs")).text, new RegExp(runId, "u"));
    assert.equal((await here("both", "cancel", runId)).exitCode, 1);
    for (const one of [worker, orchestrator]) {
      one.child.kill("SIGTERM");
      assert.equal((await one.ended).exitCode, 0);
    }
    const gone = await here("both", "workers");
    assert.equal(gone.exitCode, 1);
    assert.match(gone.notes, /no orchestrator is alive/u);
  });

  test("up does both, fires schedules, goes on with backfills, and is told of what others change", async (context) => {
    const up = await start(context, "all", "up", "--port", "0", "--config", config);
    await up.prints(/It fires the schedules \(daily, looking, nightly, often, working\)/u);
    const [url = "", origin = ""] = await up.prints(/(http:\/\/127\.0\.0\.1:\d+)\/\?token=[\w-]+/u);
    const { headers } = await fetch(url, { redirect: "manual" });
    const cookie = headers.getSetCookie().join("").split(";")[0] ?? "";
    const ofPage = async (path: string, init: RequestInit = {}) => {
      const sent = { cookie, origin, "content-type": "application/json" };
      return (await fetch(`${origin}${path}`, { ...init, headers: sent })).json() as Promise<PageAnswer>;
    };
    assert.equal((await ofPage("/api/version")).kind, "cluster");
    const { processes = [] } = await ofPage("/api/processes");
    assert.deepEqual(processes.map(({ role }) => role).sort(), ["orchestrator", "worker"]);
    const wanted = { method: "POST", body: JSON.stringify({ workflow: "failing", input: { value: 8 } }) };
    const { runId } = await ofPage("/api/runs", wanted);
    await up.prints(new RegExp(`succeeded +${runId} +failing`, "u"));
    const begun = await here("all", "backfill", "daily", "--from", "2026-01-05", "--to", "2026-01-07");
    assert.match(begun.text, /0 of 3 runs done/u);
    await until(async () =>
      /3 succeeded/u.test((await here("all", "backfill", "list")).text.replace(/\s+/gu, " ")),
    );
    await here("all", "schedule", "pause", "nightly");
    const listed = (await here("all", "schedule", "list", "--json")).value as {
      readonly schedules: readonly { readonly name: string; readonly paused: boolean }[];
    };
    assert.deepEqual(
      listed.schedules.filter(({ paused }) => paused).map(({ name }) => name),
      ["nightly"],
    );
    const triggered = await here("all", "schedule", "trigger", "nightly", "--json");
    await up.prints(new RegExp(`waits +${(triggered.value as { runId: string }).runId} +review`, "u"));
  });

  test("what is in hand is finished after SIGTERM, and handed back after the grace time", async (context) => {
    await start(context, "drain", "orchestrator", "--config", config);
    const first = await start(context, "drain", "worker", "--config", config);
    const one = await started("drain", "1");
    await first.says("patient asked 1");
    first.child.kill("SIGTERM");
    await first.prints(/stopping +Finishing 1 attempt, for 30/u);
    folder.write("go-1", "");
    assert.equal((await first.ended).exitCode, 0);
    // Its report is on record by then; it is the orchestrator that makes the end of the run of it.
    await until(async () => (await statusOf("drain", one)) !== "running");
    assert.equal(await statusOf("drain", one), "succeeded");

    const second = await start(context, "drain", "worker", "--config", config, "--grace", "0");
    const two = await started("drain", "2");
    await second.says("patient asked 2");
    second.child.kill("SIGTERM");
    const { exitCode, out } = await second.ended;
    assert.equal(exitCode, 0, out);
    const third = await start(context, "drain", "worker", "--config", config);
    await third.says("patient asked 2");

    // The second signal ends it at once; a signal that comes so soon after the first is the same press of a key.
    third.child.kill("SIGTERM");
    await third.prints(/stopping +Finishing 1 attempt/u);
    const again = setInterval(() => third.child.kill("SIGTERM"), 50);
    assert.equal((await third.ended).exitCode, 143);
    clearInterval(again);
    assert.equal(await statusOf("drain", two), "running");
  });

  test("a task whose function a worker lacks waits with a visible reason for one that has it", async (context) => {
    await start(context, "poor", "orchestrator", "--config", config);
    await start(context, "poor", "worker", "--config", poorConfig);
    const run = runMycroft(
      ["run", "failing", "--input", '{"value":8}', "--json", "--config", config, ...cluster("poor")],
      options,
    );
    const reason = "no worker that takes this pool's tasks has the function half";
    await until(async () => (await here("poor", "queues")).text.replace(/\s+/gu, " ").includes(reason));
    await start(context, "poor", "worker", "--config", config);
    const { exitCode, out, err } = await run;
    assert.equal(exitCode, 0, out + err);
  });

  test("a run is left to workers that have its data", async (context) => {
    const data = (name: string, close: number) =>
      folder.write(`${name}.csv`, `date,symbol,close\n2020-01-02,AAPL,${close}\n2020-01-03,AAPL,76\n`);
    const [mine, theirs] = [data("mine", 75), data("theirs", 74)];
    await start(context, "data", "orchestrator", "--config", config, "--csv", mine);
    await start(context, "data", "worker", "--config", config, "--csv", theirs);
    const run = runMycroft(
      ["run", "data", "--csv", mine, "--json", "--config", config, ...cluster("data")],
      options,
    );
    await until(async () =>
      /it needs the market data/u.test((await here("data", "queues")).text.replace(/\s+/gu, " ")),
    );
    await start(context, "data", "worker", "--config", config, "--csv", mine);
    assert.equal((await run).exitCode, 0);
  });

  test("a command says that nobody works on its run", async (context) => {
    const run = startMycroft(
      ["run", "review", "--input", '{"value":8}', "--config", config, ...cluster("empty")],
      options,
    );
    context.after(() => run.child.kill("SIGKILL"));
    await run.says("Nothing goes on in this cluster: no orchestrator is alive.");
    run.child.kill("SIGINT");
    assert.equal((await run.ended).exitCode, 130);
  });

  test("two stores on one Redis under one name do not meet", async (context) => {
    await postgres.query("CREATE DATABASE other");
    await start(context, "twice", "worker");
    const other = postgres.url.replace(/postgres$/u, "other");
    const words = ["worker", "--store", other, "--queue", redis.url];
    const refused = await runMycroft([...words, "--cluster", "twice"], options);
    assert.equal(refused.exitCode, 1);
    assert.match(refused.err, /error CLUSTER_MISMATCH: Redis at \S+ works for another store/u);
    const examined = await runMycroft(["doctor", ...words.slice(1), "--cluster", "twice"], options);
    assert.match(examined.out, /fail +Queue/u);
    const renamed = startMycroft([...words, "--cluster", "thrice"], options);
    context.after(() => renamed.child.kill("SIGKILL"));
    await renamed.prints(/^Worker: process/mu);
  });

  test("servers that are not there, or refuse, are named without their passwords", async () => {
    await postgres.query("CREATE ROLE guarded LOGIN PASSWORD 'right'");
    const guarded = postgres.url.replace("postgres@", "guarded:wr0ng@");
    const nowhere = "redis://:s3cret@127.0.0.1:1/0";
    const cases: readonly (readonly [readonly string[], string])[] = [
      [["--store", guarded, "--queue", redis.url], "STORE_REFUSED"],
      [["--store", "postgres://me:wr0ng@127.0.0.1:1/none", "--queue", redis.url], "STORE_UNREACHABLE"],
      [["--store", postgres.url, "--queue", nowhere], "SERVER_UNREACHABLE"],
      [["--store", postgres.url, "--queue", redis.url, "--bus", nowhere], "SERVER_UNREACHABLE"],
      [["--store", postgres.url, "--queue", "http://:s3cret@localhost"], "HOST_INVALID"],
      [["--store", postgres.url], "HOST_INVALID"],
      [["--store", postgres.url, "--queue", redis.url, "--cluster", "a b"], "HOST_INVALID"],
    ];
    const ended = await Promise.all(cases.map(([words]) => runMycroft(["worker", ...words], options)));
    for (const [at, { exitCode, out, err }] of ended.entries()) {
      assert.equal(exitCode, 1, err);
      assert.ok(err.startsWith(`error ${cases[at]?.[1]}: `), err);
      assert.doesNotMatch(out + err, /wr0ng|s3cret/u);
    }
    await assert.rejects(
      callCommand(["worker", "--folder", folder.path]),
      failsWith("HOST_INVALID", /--store/u),
    );
  });

  test("an orchestrator whose store refuses it for good ends with a failure", async (context) => {
    await postgres.query("CREATE ROLE passing LOGIN; GRANT CREATE ON DATABASE postgres TO passing");
    const store = postgres.url.replace("postgres@", "passing@");
    const words = [
      "orchestrator",
      "--store",
      store,
      "--queue",
      redis.url,
      "--cluster",
      "refused",
      "--grace",
      "1",
    ];
    const orchestrator = startMycroft(words, options);
    context.after(() => orchestrator.child.kill("SIGKILL"));
    await orchestrator.prints(/64 of 64 shards/u);
    await postgres.query("ALTER ROLE passing NOLOGIN");
    await postgres.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'passing'");
    const { exitCode, err } = await orchestrator.ended;
    assert.equal(exitCode, 1);
    assert.match(err, /error STORE_REFUSED/u);
  });

  /** Looks again and again: what is waited for happens in other processes. */
  async function until(isSo: () => Promise<boolean>): Promise<void> {
    while (!(await isSo())) await delay(lookEveryMs);
  }

  /** The id of a run that waits for the file of that number. */
  async function started(name: string, number: string): Promise<string> {
    const run = startMycroft(
      ["run", "slow", "--input", `{"value":${number}}`, "--config", config, ...cluster(name)],
      options,
    );
    after(() => run.child.kill("SIGKILL"));
    const listed = async () =>
      (await here(name, "runs", "--limit", "1", "--json")).value as {
        readonly runs: readonly { readonly runId: string; readonly status: string }[];
      };
    let runId = "";
    await until(async () => {
      const [newest] = (await listed()).runs;
      runId = newest?.runId ?? "";
      return newest?.status === "running";
    });
    return runId;
  }

  async function statusOf(name: string, runId: string): Promise<string> {
    const shown = (await here(name, "show", runId, "--json")).value as {
      readonly run: { readonly status: string };
    };
    return shown.run.status;
  }
});
