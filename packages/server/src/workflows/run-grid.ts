/** The newest runs of a workflow by the nodes of its graph, as a grid: what went wrong where, over time. */
import type { Plan, TaskStatus } from "@mycroft/engine";
import { asMycroftError, type MycroftError } from "@mycroft/errors";
import type { RunGrid } from "@mycroft/protocol";
import type { RunHeader } from "@mycroft/runtime";
import type { ToldRun } from "../runs/told-run.ts";
import type { ToldRuns } from "../runs/told-runs.ts";
import { type PathNode, pathsOf, planView } from "./plan-view.ts";

/** From what needs no attention to what needs it most. */
const byAttention: readonly TaskStatus[] = [
  "skipped",
  "succeeded",
  "waiting",
  "expanded",
  "running",
  "sleeping",
  "waitingForSignal",
  "waitingForApproval",
  "retrying",
  "cancelled",
  "failed",
];
const attention = new Map(byAttention.map((status, rank) => [status, rank]));

/** Runs that are kept as rows: a settled one never changes, and a row is small (P8). */
const keptRows = 2_000;
const keptPlans = 50;

interface Cell {
  status: TaskStatus;
  tasks: number;
}

interface Row {
  readonly events: number;
  readonly status: RunHeader["status"];
  readonly settledAt: number | null;
  readonly plan: string;
  readonly cells: ReadonlyMap<string, Readonly<Cell>>;
}

export class RunGrids {
  readonly #toldRuns: ToldRuns;
  readonly #onError: (error: MycroftError) => void;
  /** The least recently used first. */
  readonly #rows = new Map<string, Row>();
  readonly #nodes = new Map<string, readonly PathNode[]>();

  /** @param onError is told of records that cannot be read. */
  constructor(toldRuns: ToldRuns, onError: (error: MycroftError) => void) {
    this.#toldRuns = toldRuns;
    this.#onError = onError;
  }

  /**
   * @param plan the workflow's own: its nodes come first, then those that only older plans have.
   * @param headers the newest first.
   */
  async find(plan: Plan, headers: readonly RunHeader[]): Promise<RunGrid> {
    const rows: (Row | null)[] = [];
    for (const header of headers) rows.push(await this.#row(header));
    const nodes = new Map(this.#nodesOf(plan).map((node) => [node.path, node]));
    for (const row of rows) {
      for (const node of row === null ? [] : (this.#nodes.get(row.plan) ?? [])) {
        if (!nodes.has(node.path)) nodes.set(node.path, node);
      }
    }
    const paths = [...nodes.keys()];
    return {
      nodes: [...nodes.values()],
      runs: headers.map((header, index) => {
        const row = rows[index] ?? null;
        const { runId, asOf, createdAt, tags } = header;
        const { status, settledAt } = row ?? header;
        return {
          ...{ runId, status, asOf, tags: [...tags] },
          createdAt: new Date(createdAt).toISOString(),
          durationMs: settledAt === null ? null : settledAt - createdAt,
          cells: paths.map((path) => row?.cells.get(path) ?? null),
        };
      }),
    };
  }

  /** Null for a record that cannot be read: its run has a row without cells. */
  async #row(header: RunHeader): Promise<Row | null> {
    const known = this.#rows.get(header.runId);
    this.#rows.delete(header.runId);
    const row = known !== undefined && known.events >= header.events ? known : await this.#read(header);
    if (row === null) return null;
    this.#rows.set(header.runId, row);
    const [oldest] = this.#rows.keys();
    if (this.#rows.size > keptRows && oldest !== undefined) this.#rows.delete(oldest);
    return row;
  }

  async #read(header: RunHeader): Promise<Row | null> {
    try {
      const told = await this.#toldRuns.read(header);
      this.#nodesOf(told.plan);
      const { events, status, settledAt } = told.header;
      return { events, status, settledAt, plan: told.plan.hash, cells: cellsOf(told) };
    } catch (thrown) {
      const error = asMycroftError(thrown);
      if (error.retryable || error.code === "STORE_CLOSED") throw error;
      this.#onError(error);
      return null;
    }
  }

  #nodesOf(plan: Plan): readonly PathNode[] {
    const known = this.#nodes.get(plan.hash);
    if (known !== undefined) return known;
    const nodes = pathsOf(planView(plan).nodes);
    const [oldest] = this.#nodes.keys();
    if (this.#nodes.size >= keptPlans && oldest !== undefined) this.#nodes.delete(oldest);
    this.#nodes.set(plan.hash, nodes);
    return nodes;
  }
}

function cellsOf(run: ToldRun): ReadonlyMap<string, Readonly<Cell>> {
  const cells = new Map<string, Cell>();
  for (const { id, step, status } of run.stories()) {
    const path = nodePath(id, run.nodes.get(step) ?? step);
    const cell = cells.get(path);
    if (cell === undefined) cells.set(path, { status, tasks: 1 });
    else {
      cell.tasks += 1;
      if ((attention.get(status) ?? 0) > (attention.get(cell.status) ?? 0)) cell.status = status;
    }
  }
  return cells;
}

/** `companies/opinions` of `companies[3]/opinions.trend`. */
function nodePath(task: string, node: string): string {
  const place = task.slice(0, task.lastIndexOf("/") + 1).replaceAll(/\[\d+\]\//g, "/");
  return `${place}${node}`;
}
