/** One run's header, by what only one run has. */
import type { RunHeader } from "@mycroft/runtime";
import type { ClientBase } from "pg";
import { type HeaderRow, headerColumns, toHeader } from "./run-header-row.ts";

export async function findHeader(
  client: ClientBase,
  by: "run_id" | "start_key",
  value: string,
): Promise<RunHeader | undefined> {
  const { rows } = await client.query<HeaderRow>({
    name: `find-by-${by}`,
    text: `SELECT ${headerColumns} FROM runs WHERE ${by} = $1`,
    values: [value],
  });
  return rows[0] === undefined ? undefined : toHeader(rows[0]);
}
