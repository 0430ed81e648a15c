/** Every page of the web application on a site with something on each: what the accessibility tests and the screenshots visit. */
import { setTimeout as delay } from "node:timers/promises";
import type { APIResponse, Page } from "playwright-core";
import type { Site } from "./site.ts";

const patienceMs = 300_000;
const lookEveryMs = 50;

export interface SitePage {
  /** Of a file, say. */
  readonly name: string;
  readonly path: string;
}

/** Puts runs, one that waits for a person, one that goes on, a fork, a key, a backtest and an evaluation on record. */
export async function fillSite(site: Site, page: Page): Promise<readonly SitePage[]> {
  const runOf = (printed: string): string => JSON.parse(printed).run.runId;
  const first = JSON.parse(site.run("runs", "--json")).runs[0].runId;
  const crisis = JSON.stringify({ universe: ["AAPL", "IBM", "MSFT"], asOf: "2008-10-31" });
  const run = runOf(site.run("run", "investment-committee", "--input", crisis, "--tag", "crisis", "--json"));
  site.run("schedule", "trigger", "after-the-close");
  site.run("keys", "create", "dashboard", "--expires", "90");
  const api = page.request;
  const paced = await (
    await api.post("/api/runs", { data: { workflow: "paced", input: {} }, headers: sameOrigin(page) })
  ).json();
  site.letGo(1, 2);
  const started = await api.post("/api/backtests", {
    data: {
      workflow: "investment-committee",
      from: "2006-01-01",
      to: "2007-12-31",
      policies: ["linear-pool", "majority-vote"],
    },
    headers: sameOrigin(page),
  });
  const evaluating = await api.post("/api/evaluations", {
    data: { name: "The committee's record" },
    headers: sameOrigin(page),
  });
  const backtest = await experimentOf(started);
  const evaluation = await experimentOf(evaluating);
  await untilWhole(page, `/api/backtests/${backtest}`);
  await untilWhole(page, `/api/evaluations/${evaluation}`);
  const decision = `/runs/${run}/decisions/${encodeURIComponent("companies[0]/resolution")}`;
  return [
    { name: "today", path: "/" },
    { name: "decision", path: decision },
    { name: "runs", path: "/runs" },
    { name: "run", path: `/runs/${run}` },
    { name: "run-task", path: `/runs/${run}?task=portfolio` },
    { name: "run-gantt", path: `/runs/${run}?tab=gantt` },
    { name: "run-events", path: `/runs/${run}?tab=events` },
    {
      name: "run-log",
      path: `/runs/${run}?tab=log&task=${encodeURIComponent("companies[0]/opinions.momentum")}`,
    },
    { name: "run-data", path: `/runs/${run}?tab=data` },
    { name: "diff", path: `/runs/diff?left=${first}&right=${run}` },
    { name: "run-live", path: `/runs/${paced.runId}` },
    { name: "workflows", path: "/workflows" },
    { name: "workflow", path: "/workflows/investment-committee" },
    { name: "workflow-runs", path: "/workflows/investment-committee?tab=grid" },
    { name: "workflow-versions", path: "/workflows/investment-committee?tab=versions" },
    { name: "workflow-schedule", path: "/workflows/place-order?tab=schedule" },
    { name: "agents", path: "/agents" },
    { name: "agent", path: "/agents/momentum" },
    { name: "compare", path: "/agents/compare?a=momentum&b=reversal" },
    { name: "experiments", path: "/experiments" },
    { name: "backtest", path: `/experiments/backtests/${backtest}` },
    { name: "evaluation", path: `/experiments/evaluations/${evaluation}` },
    { name: "lab", path: "/lab" },
    { name: "about", path: "/about" },
    { name: "sign-in", path: "/sign-in" },
    { name: "not-found", path: "/nowhere" },
  ];
}

async function experimentOf(answer: APIResponse): Promise<string> {
  const { id } = await answer.json();
  if (typeof id !== "string") throw new Error(`It was not started: ${await answer.text()}`);
  return id;
}

async function untilWhole(page: Page, experiment: string): Promise<void> {
  const until = performance.now() + patienceMs;
  for (;;) {
    const { report, job } = await (await page.request.get(experiment)).json();
    if (report !== null) return;
    if (performance.now() > until) throw new Error(`${experiment} has no figures: ${JSON.stringify(job)}`);
    await delay(lookEveryMs);
  }
}

function sameOrigin(page: Page): Readonly<Record<string, string>> {
  return { origin: new URL(page.url()).origin };
}
