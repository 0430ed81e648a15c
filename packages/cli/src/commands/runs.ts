/** `mycroft runs`: the runs on record. */
import { MycroftError } from "@mycroft/errors";
import { durationText, timeText } from "@mycroft/record/text";
import { findRun, ownRuns, type RunHeader, type RunQuery, type Store } from "@mycroft/runtime";
import type { Invocation } from "../command.ts";
import { headerJson } from "../decision/run-json.ts";
import { readRecord } from "../host/read-record.ts";
import { readChoice, readText, readWholeNumber } from "../read-options.ts";
import { type Cell, renderTable } from "../text/table.ts";
import type { Style } from "../text/terminal.ts";

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
  const filters = {
    ...(workflow === undefined ? {} : { workflow }),
    ...(status === undefined ? {} : { status }),
    ...(tag === undefined ? {} : { tag }),
  };
  const { runs, hasMore } = await listOrNothing(options, filters, limit);
  if (terminal.json) {
    terminal.printJson({ runs: runs.map(headerJson), hasMore });
    return 0;
  }
  if (runs.length === 0) {
    const isFiltered = Object.keys(filters).length > 0 || readText(options, "of") !== undefined;
    terminal.note(
      isFiltered
        ? "No run on record is like that."
        : "There is no run on record yet; `mycroft start` makes one.",
    );
    return 0;
  }
  const areTagged = runs.some(({ tags }) => tags.length > 0);
  const columns = [
    ...["Run", "Workflow", "As of", "Status", "Started"].map((title) => ({ title })),
    { title: "Took", align: "right" } as const,
    ...(areTagged ? [{ title: "Tags", wraps: true }] : []),
  ];
  for (const line of renderTable(columns, runs.map(rowOf), terminal)) terminal.print(line);
  if (hasMore) terminal.note(`There are more; --limit ${Math.min(1_000, limit * 5)} lists more of them.`);
  return 0;
}

interface Listed {
  readonly runs: readonly RunHeader[];
  readonly hasMore: boolean;
}

type Filters = Pick<RunQuery, "workflow" | "status" | "tag">;

async function listOrNothing(
  options: Invocation["options"],
  filters: Filters,
  limit: number,
): Promise<Listed> {
  try {
    return await readRecord(options, (store) => list(store, readText(options, "of"), filters, limit));
  } catch (thrown) {
    // No record at all is the answer "none".
    if (thrown instanceof MycroftError && thrown.code === "NOT_FOUND") return { runs: [], hasMore: false };
    throw thrown;
  }
}

/** @param of lists the runs within that one; those that lie within none unless given. */
async function list(store: Store, of: string | undefined, filters: Filters, limit: number): Promise<Listed> {
  if (of !== undefined) {
    const { runId: parentRunId } = await findRun(store, of);
    const { runs, nextCursor } = await store.listRuns({ ...filters, parentRunId, limit });
    return { runs, hasMore: nextCursor !== null };
  }
  const runs: RunHeader[] = [];
  for await (const header of ownRuns(store, filters)) {
    if (runs.length === limit) return { runs, hasMore: true };
    runs.push(header);
  }
  return { runs, hasMore: false };
}

function rowOf({ runId, workflow, asOf, status, createdAt, settledAt, tags }: RunHeader): readonly Cell[] {
  const took = settledAt === null ? "" : durationText(settledAt - createdAt);
  return [
    runId,
    workflow,
    asOf,
    { text: status, style: statusStyles[status] },
    timeText(createdAt),
    took,
    tags.join(", "),
  ];
}
