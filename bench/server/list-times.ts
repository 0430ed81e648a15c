/** How long lists of runs take to be answered, by what they are narrowed by. */
import type { Row } from "../report.ts";
import { distribution } from "./distribution.ts";
import { type FilledStore, workflowNames } from "./filled-store.ts";
import type { Served } from "./served.ts";

interface Page {
  readonly runs: readonly { readonly runId: string }[];
  readonly nextCursor: string | null;
}

/** What is asked for, and how many there must be on the first page at least. */
function questions({ parent, prefix }: FilledStore): readonly (readonly [string, string, number])[] {
  const { usual, daily, rare } = workflowNames;
  return [
    ["nothing, 50 to a page", "limit=50", 50],
    ["nothing, 500 to a page", "limit=500", 500],
    ["a workflow that many runs have", `workflow=${usual}`, 50],
    ["a workflow that child runs have too", `workflow=${daily}`, 50],
    ["a workflow that few runs have", `workflow=${rare}`, 1],
    ["succeeded", "status=succeeded", 50],
    ["failed", "status=failed", 50],
    ["under way", "status=running", 50],
    ["a tag that many runs have", "tag=nightly", 50],
    ["a tag, a workflow and a status", `tag=group-7&workflow=${usual}&status=succeeded`, 50],
    ["a workflow and a status", `workflow=${usual}&status=failed`, 50],
    ["the beginning of ids", `prefix=${prefix}`, 1],
    ["the children of a run", `parent=${parent}`, 2],
    ["what there is not", "tag=nothing&status=failed", 0],
  ];
}

export const questionCount = questions({ parent: "", prefix: "", own: 0, children: 0 }).length;

/** Half of the requests ask for the first page, half go on from page to page. */
export async function listTimes(
  served: Served,
  filled: FilledStore,
  requests: number,
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const [index, [what, query, least]] of questions(filled).entries()) {
    const key = served.keys[index] ?? "";
    const first: number[] = [];
    const later: number[] = [];
    let cursor: string | null = null;
    for (let request = 0; request < requests; request += 1) {
      const isFirst = request % 2 === 0 || cursor === null;
      const more: string = isFirst ? "" : `&cursor=${encodeURIComponent(cursor ?? "")}`;
      const began = performance.now();
      const page: Page = await ask(`${served.address}/api/runs?${query}${more}`, key);
      (isFirst ? first : later).push(performance.now() - began);
      if (isFirst && page.runs.length < least)
        throw new Error(`${what}: only ${page.runs.length} were found.`);
      if (!isFirst || cursor === null) cursor = page.nextCursor;
    }
    rows.push({ "runs by": what, ...distribution([...first, ...later]) });
  }
  return rows;
}

async function ask(url: string, key: string): Promise<Page> {
  const response = await fetch(url, { headers: { authorization: `Bearer ${key}` } });
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Page;
}
