/** What is told to runs by whoever does not advance them: it is here until the run's events say it. */
import type { AttemptKey, Letter, LetterBody, LetterQuery } from "@mycroft/runtime";
import type { ClientBase, QueryConfig } from "pg";
import type { BatchPart } from "./batch-part.ts";
import { binaryArray } from "./binary-array.ts";
import { sentPart, withdrawalsPart } from "./outbox-parts.ts";

interface LetterRow {
  readonly id: string;
  readonly run_id: string;
  readonly body: string;
}

/** Letters' texts that one statement takes, in UTF-16 code units: far below what a message of the protocol may hold. */
const longestStatement = 16 * 1024 * 1024;

/** Ends the offers of the attempts whose outcomes the letters tell, and sends them: in one commit for each piece. */
export async function reportAttempts(client: ClientBase, letters: readonly Letter[]): Promise<void> {
  for (const piece of pieces(letters)) {
    const keys = piece.flatMap(({ body }): readonly AttemptKey[] =>
      body.kind === "outcome" ? [body.key] : [],
    );
    const ended = keys.length === 0 ? [] : [withdrawalsPart(keys)];
    await client.query(statementOf("report", [...ended, sentPart(piece)]));
  }
}

export async function sendLetters(client: ClientBase, letters: readonly Letter[]): Promise<void> {
  for (const piece of pieces(letters)) await client.query(statementOf("send", [sentPart(piece)]));
}

export async function readLetters(
  client: ClientBase,
  { shards, limit, except }: LetterQuery,
): Promise<readonly Letter[]> {
  const { rows } = await client.query<LetterRow>({
    name: "read-letters",
    text: `SELECT id, run_id, body FROM letters
      WHERE shard = ANY ($1::smallint[]) AND id <> ALL ($2::text[]) ORDER BY id LIMIT $3::bigint`,
    values: [shards, except, limit],
  });
  return rows.map(({ id, run_id, body }) => ({ id, runId: run_id, body: JSON.parse(body) as LetterBody }));
}

export async function dropLetters(client: ClientBase, ids: readonly string[]): Promise<void> {
  await client.query({
    name: "drop-letters",
    text: "DELETE FROM letters WHERE id = ANY ($1::text[])",
    values: [ids],
  });
}

function pieces(letters: readonly Letter[]): readonly (readonly Letter[])[] {
  const found: Letter[][] = [];
  let length = Number.POSITIVE_INFINITY;
  for (const letter of letters) {
    const size = JSON.stringify(letter.body).length;
    if (length + size > longestStatement) {
      found.push([]);
      length = 0;
    }
    length += size;
    found.at(-1)?.push(letter);
  }
  return found;
}

function statementOf(doing: string, parts: readonly BatchPart[]): QueryConfig {
  const values: unknown[] = [];
  const tables = parts.map(({ name, types, columns, sql }) => {
    const given = columns.map((column, index) => {
      const type = types[index] ?? "";
      return `$${values.push(binaryArray(type, column))}::${type}[]`;
    });
    return `${name} AS (${sql(given.join(", "))})`;
  });
  return { name: `${doing} ${parts.length}`, text: `WITH ${tables.join(",\n")} SELECT`, values };
}
