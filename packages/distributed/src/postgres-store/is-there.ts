/** Whether an append whose answer was lost has been stored: everything that it would have brought about is there. */
import { canonicalJson, type JsonValue } from "@mycroft/engine";
import type { RunHeader } from "@mycroft/runtime";
import type { ClientBase } from "pg";
import { findHeader } from "./find-header.ts";
import type { AppendTexts } from "./work-out-batch.ts";

export async function isThere(client: ClientBase, { append, texts }: AppendTexts): Promise<boolean> {
  const { runId, fromSeq, create, settle } = append;
  const [header, found] = await Promise.all([
    findHeader(client, "run_id", runId),
    client.query<{ readonly body: string }>({
      name: "read-some-events",
      text: `SELECT body FROM events WHERE run_no = (SELECT run_no FROM runs WHERE run_id = $1)
        AND seq >= $2::bigint AND seq < $3::bigint ORDER BY seq`,
      values: [runId, fromSeq, fromSeq + texts.length],
    }),
  ]);
  if (header === undefined) return false;
  if (create === undefined && texts.length === 0 && settle === undefined) return false;
  if (create !== undefined && !isSameRun(header, create)) return false;
  if (settle !== undefined && (header.status !== settle.status || header.settledAt !== settle.at))
    return false;
  const bodies = found.rows.map((row) => row.body);
  return texts.length === bodies.length && texts.every((text, index) => text === bodies[index]);
}

function isSameRun(header: RunHeader, create: NonNullable<AppendTexts["append"]["create"]>): boolean {
  const { status: _, settledAt: __, events: ___, ...found } = header;
  return plainText(found) === plainText(create);
}

/** What JSON leaves out, such as a property that is undefined, makes no difference. */
function plainText(run: object): string {
  return canonicalJson(JSON.parse(JSON.stringify(run)) as JsonValue);
}
