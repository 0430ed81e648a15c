/** Does a run's page stay smooth while its tasks change? Frames are fed to the page in headless Chromium, and the times between its pictures are told. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { type Row, report } from "../report.ts";
import type { Shape } from "./played-run.ts";
import { servePage } from "./serve-page.ts";

const everyMs = 50;
const watchedMs = 4_000;
const browserPath = process.env["CHROMIUM"] ?? "/usr/bin/chromium";

const cases: readonly (Shape & { readonly tab: "graph" | "gantt" })[] = [
  { kind: "mapped", tasks: 1_000, perFrame: 10, tab: "graph" },
  { kind: "flat", tasks: 1_000, perFrame: 10, tab: "graph" },
  { kind: "mapped", tasks: 1_000, perFrame: 10, tab: "gantt" },
  { kind: "mapped", tasks: 10_000, perFrame: 100, tab: "graph" },
  { kind: "flat", tasks: 10_000, perFrame: 100, tab: "graph" },
];

interface PageTimes {
  readonly frames: readonly number[];
  readonly longTasks: readonly number[];
}

if (!existsSync(browserPath)) {
  console.error(
    `There is no ${browserPath}. Install Chromium, or name it in the environment variable CHROMIUM.`,
  );
  process.exit(2);
}
const folder = buildPages();

const browser = await chromium.launch({ executablePath: browserPath, args: ["--no-sandbox"] });
const rows: Row[] = [];
for (const { tab, ...shape } of cases) rows.push(await measure(shape, tab));
await browser.close();
rmSync(folder, { recursive: true });
report("run-page", { everyMs, watchedMs, viewport: "1400x900" }, rows);

async function measure(shape: Shape, tab: "graph" | "gantt"): Promise<Row> {
  const served = await servePage(folder, shape, everyMs);
  const page = await browser.newPage({ viewport: { width: 1_400, height: 900 } });
  await page.addInitScript(watchFrames);
  await page.goto(`${served.address}?tab=${tab}`);
  await page.waitForSelector(tab === "graph" ? ".graph-node" : ".gantt-row");
  const shownMs = await page.evaluate("performance.now()");
  // What it takes to show the page is told apart from what it takes to keep it true.
  await page.waitForTimeout(300);
  await page.evaluate("globalThis.pageTimes.frames.length = globalThis.pageTimes.longTasks.length = 0");
  await page.waitForTimeout(watchedMs);
  const times = (await page.evaluate("globalThis.pageTimes")) as PageTimes;
  const counts = (await page.textContent(".run-facts .status-counts")) ?? "";
  // A page that shows nothing is smooth too.
  if (!/\d succeeded/.test(counts)) throw new Error(`The page did not follow the run: it shows "${counts}".`);
  await page.close();
  await served.close();
  const sorted = times.frames.toSorted((a, b) => a - b);
  const at = (share: number) => Number((sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(1));
  return {
    graph: shape.kind,
    tasks: shape.tasks,
    tab,
    changesPerSecond: (2 * shape.perFrame * 1_000) / everyMs,
    shownMs: Math.round(Number(shownMs)),
    frameP50Ms: at(0.5),
    frameP95Ms: at(0.95),
    frameP99Ms: at(0.99),
    frameMaxMs: at(1),
    longTasks: times.longTasks.length,
  };
}

/** In a folder of its own: the one that the server serves from is left alone. */
function buildPages(): string {
  const made = mkdtempSync(join(tmpdir(), "run-page-"));
  const root = join(import.meta.dirname, "../..");
  const vite = join(root, "node_modules/.bin/vite");
  const words = ["build", "--logLevel", "error", "--outDir", made, "--emptyOutDir"];
  execFileSync(vite, words, { cwd: join(root, "apps/web"), stdio: "inherit" });
  return made;
}

/** Runs in the page. */
function watchFrames(): void {
  const times = { frames: [] as number[], longTasks: [] as number[] };
  Object.assign(globalThis, { pageTimes: times });
  const { requestAnimationFrame } = globalThis as unknown as {
    readonly requestAnimationFrame: (then: (now: number) => void) => void;
  };
  let last = performance.now();
  const tick = (now: number): void => {
    times.frames.push(now - last);
    last = now;
    requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) times.longTasks.push(entry.duration);
  }).observe({ entryTypes: ["longtask"] as never });
}
