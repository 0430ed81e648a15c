/** How long lists of runs take to be answered, by what they are narrowed by. */
import type { Row } from "../report.ts";
import { distribution } from "./distribution.ts";
import { type FilledStore, workflowNames } from "./filled-store.ts";
import type { Served } from "./served.ts";

interface Page {
  readonly runs?: readonly unknown[];
  readonly nextCursor?: string | null;
}

interface Question {
  readonly what: string;
  /** The path below `/api/`. */
  readonly path: string;
  readonly query?: string;
  /** The run after which the first page begins. */
  readonly from?: string;
  /** How many there must be on the first page at least. */
  readonly least?: number;
}

function questions({ parent, prefix, old }: FilledStore): readonly Question[] {
  const { usual, daily, rare, part } = workflowNames;
  const runs: readonly Omit<Question, "path">[] = [
    { what: "nothing, 50 to a page", query: "limit=50", least: 50 },
    { what: "nothing, 500 to a page", query: "limit=500", least: 500 },
    { what: "nothing, after 90 % of the runs", query: "limit=50", from: old, least: 50 },
    { what: "a workflow that many runs have", query: `workflow=${usual}`, least: 50 },
    { what: "the same, after 90 % of the runs", query: `workflow=${usual}`, from: old, least: 50 },
    { what: "a workflow that child runs have too", query: `workflow=${daily}`, least: 50 },
    { what: "a workflow that few runs have", query: `workflow=${rare}`, least: 1 },
    { what: "a workflow that child runs alone have", query: `workflow=${part}` },
    { what: "succeeded", query: "status=succeeded", least: 50 },
    { what: "succeeded, after 90 % of the runs", query: "status=succeeded", from: old, least: 50 },
    { what: "failed", query: "status=failed", least: 50 },
    { what: "failed, after 90 % of the runs", query: "status=failed", from: old, least: 50 },
    { what: "under way", query: "status=running", least: 50 },
    { what: "a tag that many runs have", query: "tag=nightly", least: 50 },
    { what: "the same, after 90 % of the runs", query: "tag=nightly", from: old, least: 50 },
    {
      what: "a tag, a workflow and a status",
      query: `tag=group-7&workflow=${usual}&status=succeeded`,
      least: 50,
    },
    { what: "a workflow and a status", query: `workflow=${usual}&status=failed`, least: 50 },
    { what: "the beginning of ids", query: `prefix=${prefix}`, least: 1 },
    { what: "the children of a run", query: `parent=${parent}`, least: 2 },
    { what: "what there is not", query: "tag=nothing&status=failed" },
  ];
  return [
    ...runs.map((question) => ({ path: "runs", ...question })),
    { what: "(workflows, with their newest runs)", path: "workflows" },
    { what: "(a workflow, with counts of its versions)", path: `workflows/${usual}` },
    { what: "(a workflow's grid)", path: `workflows/${usual}/grid` },
    { what: "(what waits)", path: "waits" },
  ];
}

/** Each is asked by a caller of its own, since callers are limited in how often they ask. */
export const questionCount = questions({ parent: "", prefix: "", old: "", own: 0, children: 0 }).length;

/** Half of the requests ask for the first page, half go on from page to page. */
export async function listTimes(
  served: Served,
  filled: FilledStore,
  requests: number,
  store: string,
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const [index, question] of questions(filled).entries()) {
    const times = await askOften(served.address, served.keys[index] ?? "", question, requests);
    rows.push({ "runs by": question.what, store, ...distribution(times) });
  }
  return rows;
}

async function askOften(
  address: string,
  key: string,
  { what, path, query = "", from, least = 0 }: Question,
  requests: number,
): Promise<readonly number[]> {
  const times: number[] = [];
  let cursor: string | null = null;
  for (let request = 0; request < requests; request += 1) {
    const isFirst = request % 2 === 0 || cursor === null;
    const after: string | null | undefined = isFirst ? from : cursor;
    const more = after == null ? "" : `&cursor=${encodeURIComponent(after)}`;
    const began = performance.now();
    const page = await ask(`${address}/api/${path}?${query}${more}`, key);
    times.push(performance.now() - began);
    if (isFirst && (page.runs?.length ?? 0) < least) throw new Error(`${what}: too few were found.`);
    if (!isFirst || cursor === null) cursor = page.nextCursor ?? null;
  }
  return times;
}

async function ask(url: string, key: string): Promise<Page> {
  const response = await fetch(url, { headers: { authorization: `Bearer ${key}` } });
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Page;
}
