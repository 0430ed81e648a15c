/** Whether the configuration loads, and what of its data can be used. */
import { describeRowProblem, type LoadReport } from "@mycroft/investing";
import { counted, printable } from "@mycroft/record/text";
import type { Invocation } from "../command.ts";
import { type LoadedMarket, loadMarket } from "../project/market.ts";
import type { OpenProject } from "../project/open-project.ts";
import type { Finding } from "./finding.ts";

const shownProblems = 3;

export function checkConfig({ project, configFile }: OpenProject): Finding {
  const { workflows, agents, functions } = project;
  const has = [
    countOf(workflows.length, "workflow"),
    countOf(agents.length, "agent"),
    countOf(functions.length, "function"),
  ].join(", ");
  if (configFile !== null) return { topic: "Project", status: "ok", text: `${configFile}: ${has}` };
  const text = `the built-in one, as there is no mycroft.config.ts here: ${has}`;
  return { topic: "Project", status: "ok", text };
}

export async function checkData(open: OpenProject, options: Invocation["options"]): Promise<Finding> {
  const topic = "Data";
  const market = await loadMarket(open, options);
  if (market !== null) return { topic, ...judge(market) };
  const hint = 'Add `data: "bundled"` or `data: { csv: [...] }` to the configuration.';
  return { topic, status: "warn", text: "the project states none: its agents see no prices", hint };
}

function judge({ data, report }: LoadedMarket): Omit<Finding, "topic"> {
  const { source, firstDate, lastDate } = data;
  const companies = countOf(data.asOf(lastDate).symbols().length, "company");
  const rows = report === null ? "" : `, ${counted(report.rowsUsed, "row")}`;
  const text = `${printable(source)}: ${companies} from ${firstDate} to ${lastDate}${rows}${factsOf(report)}`;
  if (report === null || report.rowsRejected + report.fieldsDropped === 0) return { status: "ok", text };
  return { status: "warn", text: `${text}; ${dirtOf(report)}`, hint: hintOf(report) };
}

/** What is known beside prices, such as `; sentiment of 87 symbols`. */
function factsOf(report: LoadReport | null): string {
  const facts = report?.files.flatMap((file) => file.facts ?? []) ?? [];
  return facts.map(({ kind, symbols }) => `; ${kind} of ${countOf(symbols, "symbol")}`).join("");
}

function dirtOf({ rowsRejected, rowsRead, fieldsDropped }: LoadReport): string {
  const grouped = (value: number) => value.toLocaleString("en");
  const rows = `${grouped(rowsRejected)} of ${counted(rowsRead, "row")} cannot be used`;
  return fieldsDropped === 0 ? rows : `${rows}, nor ${counted(fieldsDropped, "field")} of others`;
}

function hintOf({ files }: LoadReport): string {
  const examples = files.flatMap((file) => file.examples).slice(0, shownProblems);
  return `Mend them in the files, such as: ${examples.map(describeRowProblem).map(printable).join(" ")}`;
}

function countOf(count: number, noun: string): string {
  if (count === 1) return `1 ${noun}`;
  return `${count} ${noun.endsWith("y") ? `${noun.slice(0, -1)}ies` : `${noun}s`}`;
}
