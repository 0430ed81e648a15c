/** A backtest over HTTP and by the command line are one and the same, and a server that is killed loses no day of it. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { BacktestDetail, BacktestSummary } from "@mycroft/protocol";
import { type MycroftProcess, runMycroft, startMycroft } from "../testing/mycroft-process.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { processOptions } from "../testing/waiting-project.ts";

const posix = process.platform === "win32" && "Windows knows no signals that a process could act on";
const pageForm = /(http:\/\/127\.0\.0\.1:\d+)\/\?token=[\w-]+/u;

type Place = ReturnType<typeof processOptions>;

interface Page {
  readonly process: MycroftProcess;
  ask<Answer>(path: string, body?: object): Promise<Answer>;
  /** Asks until the answer is what is waited for. */
  until(path: string, ends: (found: BacktestDetail) => boolean): Promise<BacktestDetail>;
}

async function openPage(context: TestContext, at: Place): Promise<Page> {
  const process = startMycroft(["up", "--port", "0"], at);
  context.after(() => process.child.kill("SIGKILL"));
  const [url = "", origin = ""] = await process.prints(pageForm);
  const { headers } = await fetch(url, { redirect: "manual" });
  const cookie = headers.getSetCookie().join("; ").split(";")[0] ?? "";
  const ask = async <Answer>(path: string, body?: object): Promise<Answer> => {
    const response = await fetch(`${origin}${path}`, {
      headers: { cookie, origin, "content-type": "application/json" },
      ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
    });
    const text = await response.text();
    assert.ok(response.ok, text);
    return JSON.parse(text);
  };
  return {
    ...{ process, ask },
    until: async (path, ends) => {
      for (;;) {
        const found = await ask<BacktestDetail>(path);
        if (ends(found)) return found;
        await new Promise(setImmediate);
      }
    },
  };
}

async function backtestByCommand(at: Place, ...words: readonly string[]): Promise<Report> {
  const { exitCode, out, err } = await runMycroft(["backtest", ...words, "--json"], at);
  assert.equal(exitCode, 0, err);
  return JSON.parse(out).backtest;
}

interface Report {
  readonly id: string;
  readonly strategies: readonly { readonly name: string; readonly sharpe: number; readonly rps?: number }[];
}

function figures(strategies: Report["strategies"] | undefined) {
  return strategies?.map(({ name, sharpe }) => [name, sharpe]);
}

test("P3 a server killed in the middle of a backtest finds it interrupted, and goes on to what the command line comes to", {
  skip: posix,
}, async (context) => {
  const at = processOptions(temporaryFolder());
  const settings = {
    from: "2004-01-01",
    cadence: "monthly",
    policies: ["linear-pool", "past-score", "boa", "ewa", "squint", "top-k"],
  };
  const first = await openPage(context, at);
  const { id } = await first.ask<BacktestSummary>("/api/backtests", settings);
  const path = `/api/backtests/${id}`;
  await first.until(path, ({ job }) => (job?.done ?? 0) >= 20);
  first.process.child.kill("SIGKILL");
  await first.process.ended;

  const second = await openPage(context, at);
  const found = await second.ask<BacktestDetail>(path);
  assert.deepEqual([found.isWhole, found.job, found.report], [false, null, null]);
  const resumed = await second.ask<BacktestSummary>("/api/backtests", settings);
  assert.equal(resumed.id, id);
  const seen: number[] = [];
  const { report } = await second.until(path, (one) => {
    if ((one.job?.done ?? 0) > 0) seen.push(one.job?.done ?? 0);
    assert.notEqual(one.job?.status, "failed", one.job?.error?.message ?? "without a reason");
    return one.report !== null;
  });
  assert.ok((seen[0] ?? 0) >= 10, `it went on at day ${seen[0]}`);
  second.process.child.kill("SIGINT");
  assert.equal((await second.process.ended).exitCode, 0);

  const words = ["--from", settings.from, "--every", "month", "--policy", settings.policies.join(",")];
  const told = await runMycroft(["backtest", ...words], at);
  assert.match(told.err + told.out, /It was on record whole; nothing was run again/u);
  const elsewhere = processOptions(temporaryFolder());
  const undisturbed = await backtestByCommand(elsewhere, ...words);
  assert.equal(undisturbed.id, id);
  assert.deepEqual(
    figures(report?.strategies as Report["strategies"] | undefined),
    figures(undisturbed.strategies),
  );
});

test("a backtest made by the command line is shown by a server, with its figures", {
  skip: posix,
}, async (context) => {
  const at = processOptions(temporaryFolder());
  const made = await backtestByCommand(at, "--from", "2008-01-01", "--to", "2008-12-31", "--every", "month");
  const page = await openPage(context, at);
  const { backtests } = await page.ask<{ backtests: readonly BacktestSummary[] }>("/api/backtests");
  assert.deepEqual(
    backtests.map(({ id, isWhole }) => [id, isWhole]),
    [[made.id, true]],
  );
  const { report } = await page.until(`/api/backtests/${made.id}`, (one) => one.report !== null);
  assert.deepEqual(figures(report?.strategies as Report["strategies"] | undefined), figures(made.strategies));
  page.process.child.kill("SIGINT");
  assert.equal((await page.process.ended).exitCode, 0);
});
