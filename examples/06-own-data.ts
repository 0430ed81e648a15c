/**
 * Own data: CSV files with the columns date, symbol and close are all it takes. Rows that cannot be used are left out,
 * counted, and reported with their line: dirt never slips into a decision.
 *
 * Run it: npx node examples/06-own-data.ts
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runInMemory } from "@mycroft/embedded";
import { describeRowProblem, loadCsv, reversal, trend } from "@mycroft/investing";
import { symbol, workflow } from "@mycroft/sdk";
import { z } from "zod";

const folder = await mkdtemp(join(tmpdir(), "mycroft-example-"));
const file = join(folder, "prices.csv");
await writeFile(
  file,
  `Date,Ticker,Close\n${madeUpRows().join("\n")}\n2009-01-31,TIN,n/a\n2009-02-28,TIN,-4\n`,
);

const { data, report } = await loadCsv(file);
console.log(
  `${report.rowsUsed} of ${report.rowsRead} rows are used, from ${data.firstDate} to ${data.lastDate}.`,
);
for (const problem of report.files.flatMap((one) => one.examples)) {
  console.log(`  ${describeRowProblem({ ...problem, file: "prices.csv" })}`);
}

const views = workflow({ name: "views", input: z.object({ universe: z.array(symbol).max(10) }) }, (w) =>
  w.map("companies", w.input.universe, (m) => {
    const opinions = m.ask("opinions", [trend, reversal], { subject: m.item, asOf: "2008-12-31" });
    return m.resolve("view", opinions, { policy: "linear-pool", quorum: 1 });
  }),
);
const { output } = await runInMemory(views, { universe: ["TIN", "ZINC"] }, { data });
for (const { subject, probabilities, quorum } of output) {
  const shares = probabilities?.map((share) => `${(100 * share).toFixed(0)}%`).join(", ") ?? "no view";
  console.log(
    `${subject}: ${shares} (down, flat, up; ${quorum.opinions} of ${quorum.asked} agents had an opinion)`,
  );
}
await rm(folder, { recursive: true });

/** Ten years of month ends; two companies that swing against each other. */
function madeUpRows(): readonly string[] {
  const months = Array.from({ length: 120 }, (_, month) => new Date(Date.UTC(1999, month + 1, 0)));
  return months.flatMap((end, month) => {
    const swing = Math.sin(month / 5) + Math.cos(month * 1.7) / 2;
    const date = end.toISOString().slice(0, 10);
    return [`${date},TIN,${(50 + 10 * swing).toFixed(2)}`, `${date},ZINC,${(80 - 12 * swing).toFixed(2)}`];
  });
}
