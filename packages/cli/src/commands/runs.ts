/** `mycroft runs`: the runs on record. */
import { MycroftError } from "@mycroft/errors";
import type { RunHeader, RunPage, RunQuery } from "@mycroft/runtime";
import type { Invocation } from "../command.ts";
import { headerJson } from "../decision/run-json.ts";
import { readRecord } from "../host/read-record.ts";
import { readChoice, readText, readWholeNumber } from "../read-options.ts";
import { type Cell, renderTable } from "../text/table.ts";
import type { Style } from "../text/terminal.ts";
import { durationText, timeText } from "../text/time-text.ts";

const statuses = ["running", "succeeded", "failed", "cancelled"] as const;
const statusStyles = {
  running: "cyan",
  succeeded: "green",
  failed: "red",
  cancelled: "yellow",
} as const satisfies Record<RunHeader["status"], Style>;

export async function execute({ options, terminal }: Invocation): Promise<number> {
  const workflow = readText(options, "workflow");
  const tag = readText(options, "tag");
  const status = readChoice(options, "status", statuses);
  const limit = readWholeNumber(options, "limit", { min: 1, max: 1_000 }) ?? 20;
  const { runs, nextCursor } = await listOrNothing(options, {
    ...(workflow === undefined ? {} : { workflow }),
    ...(status === undefined ? {} : { status }),
    ...(tag === undefined ? {} : { tag }),
    limit,
  });
  if (terminal.json) {
    terminal.printJson({ runs: runs.map(headerJson), hasMore: nextCursor !== null });
    return 0;
  }
  if (runs.length === 0) {
    const isFiltered = [workflow, status, tag].some((filter) => filter !== undefined);
    terminal.note(
      isFiltered
        ? "No run on record is like that."
        : "There is no run on record yet; `mycroft start` makes one.",
    );
    return 0;
  }
  const titles = ["Run", "Workflow", "As of", "Status", "Started", "Took"];
  const columns = titles.map((title) => ({
    title,
    ...(title === "Took" ? ({ align: "right" } as const) : {}),
  }));
  for (const line of renderTable(columns, runs.map(rowOf), terminal)) terminal.print(line);
  if (nextCursor !== null)
    terminal.note(`There are more; --limit ${Math.min(1_000, limit * 5)} lists more of them.`);
  return 0;
}

async function listOrNothing(options: Invocation["options"], query: RunQuery): Promise<RunPage> {
  try {
    return await readRecord(options, (store) => store.listRuns(query));
  } catch (thrown) {
    // No record at all is the answer "none".
    if (thrown instanceof MycroftError && thrown.code === "NOT_FOUND") return { runs: [], nextCursor: null };
    throw thrown;
  }
}

function rowOf({ runId, workflow, asOf, status, createdAt, settledAt }: RunHeader): readonly Cell[] {
  const took = settledAt === null ? "" : durationText(settledAt - createdAt);
  return [runId, workflow, asOf, { text: status, style: statusStyles[status] }, timeText(createdAt), took];
}
