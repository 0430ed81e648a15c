/**
 * How long a backtest takes: the committee with all agents over a file of daily prices, by the real command, with one thread and
 * with one for each core; and, in one thread, half of the days and half of the companies, to see that the cost is linear.
 * `npm run bench -- backtest [prices.csv]`.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { loadCsv } from "@mycroft/investing";
import { type Row, report } from "../report.ts";

const program = join(import.meta.dirname, "../../packages/cli/bin/mycroft.js");
const shared = process.env["MYCROFT_SHARED_DATA"] ?? join(import.meta.dirname, "../../../shared/data");
const file = process.argv[3] ?? join(shared, "prices/stocknet_88_2012_2015.csv");
/** Odd, so that a median is one of them. */
const rounds = Number(process.env["MYCROFT_BENCH_ROUNDS"] ?? 3);

if (!existsSync(file)) {
  console.error(`${file} is not there: name a CSV file of daily prices, or set MYCROFT_SHARED_DATA.`);
  process.exitCode = 2;
} else {
  const { data } = await loadCsv([file]);
  const companies = data.asOf(data.lastDate).symbols();
  const days = [...companies].flatMap((one) => {
    const series = data.asOf(data.lastDate).series(one);
    return Array.from({ length: series.length }, (_, index) => series.bar(index).date);
  });
  const middle = [...new Set(days)].sort()[Math.floor(new Set(days).size / 2)] ?? data.lastDate;
  const half = companies.filter((_, index) => index % 2 === 0).join(",");
  const cores = availableParallelism();
  const cases = [
    { what: "all, one thread", words: ["--threads", "1"] },
    { what: `all, ${cores} threads`, words: ["--threads", String(cores)] },
    { what: "first half of the days, one thread", words: ["--threads", "1", "--to", middle] },
    { what: "half of the companies, one thread", words: ["--threads", "1", "--universe", half] },
  ];
  const rows: Row[] = cases.map(({ what, words }) => {
    const runs = Array.from({ length: rounds }, () => measure(words));
    const [first] = runs;
    return {
      case: what,
      days: first?.days ?? 0,
      opinions: first?.opinions ?? 0,
      "seconds (median)": median(runs.map(({ seconds }) => seconds)),
      "seconds (least)": Math.min(...runs.map(({ seconds }) => seconds)),
      "peak MiB": Math.max(...runs.map(({ mib }) => mib)),
    };
  });
  report("backtest", { file: file.split("/").at(-1), companies: companies.length, rounds }, rows);
}

interface Measured {
  readonly seconds: number;
  readonly mib: number;
  readonly days: number;
  readonly opinions: number;
}

/** The command as a user calls it, from its start to its end, its record on disk. */
function measure(words: readonly string[]): Measured {
  const folder = mkdtempSync(join(tmpdir(), "mycroft-bench-"));
  const peak = join(folder, "peak.json");
  const probe = `data:text/javascript,import{writeFileSync}from"node:fs";process.on("exit",()=>writeFileSync(${JSON.stringify(peak)},String(process.resourceUsage().maxRSS)))`;
  try {
    const started = performance.now();
    const text = execFileSync(
      process.execPath,
      ["--import", probe, program, "backtest", "--csv", file, "--folder", folder, "--json", ...words],
      { cwd: folder, encoding: "utf8", maxBuffer: 2 ** 28 },
    );
    const seconds = Math.round(performance.now() - started) / 1_000;
    const { backtest } = JSON.parse(text) as { backtest: { decisions: number; opinions: number } };
    const mib = Math.round(Number(readFileSync(peak, "utf8")) / 1024);
    return { seconds, mib, days: backtest.decisions, opinions: backtest.opinions };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
