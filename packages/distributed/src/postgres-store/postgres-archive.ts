/**
 * A store as something that a whole history is moved into, in one transaction (P1): others see all of it or nothing, and the
 * move that is interrupted, in whatever way, leaves nothing behind. Nobody else can write to the store meanwhile.
 */
import { MycroftError } from "@mycroft/errors";
import type { ArchiveKind, ArchiveRecord, WritableArchive } from "@mycroft/runtime";
import type { Client } from "pg";
import { archiveReadings, readInPieces } from "./archive-reading.ts";
import { writeRecords } from "./archive-writing.ts";
import { Connections } from "./connections.ts";
import { migrate, migrations } from "./migrations.ts";
import { type PostgresStoreOptions, settingsOf } from "./open-postgres-store.ts";
import { RunNumbers } from "./run-numbers.ts";
import { oldestServer } from "./session-settings.ts";
import { parseAddress } from "./store-address.ts";
import { asStoreError, sqlStateOf } from "./store-error.ts";

export interface PostgresArchiveOptions
  extends Pick<PostgresStoreOptions, "url" | "schema" | "connectTimeoutMs" | "acceptsLoss"> {
  /** For how long it is waited for those who are just writing to the store: 10 seconds unless given. */
  readonly lockTimeoutMs?: number;
}

const lockNotAvailable = "55P03";

const tables = ["plans", "artifacts", "documents", "runs"] as const;
const tableOf: Readonly<Record<ArchiveKind, (typeof tables)[number]>> = {
  plan: "plans",
  artifact: "artifacts",
  document: "documents",
  run: "runs",
};

/**
 * Gives `use` the store in a schema, which is created when it is not there, and makes durable and visible what it wrote when
 * it resolves; when it rejects, nothing of it remains.
 * @throws {MycroftError} STORE_LOCKED while others write to the store; STORE_UNREACHABLE with `details.isUndecided` when the
 *   connection was lost at the very end; and the codes of `openPostgresStore`.
 */
export async function writePostgresArchive<Result>(
  options: PostgresArchiveOptions,
  use: (archive: WritableArchive) => Promise<Result>,
): Promise<Result> {
  const settings = settingsOf(options);
  const address = `${parseAddress(settings.url).shown} (schema ${settings.schema})`;
  const rules = { ...settings, oldestServer, isReadOnly: false, patienceMs: settings.answerTimeoutMs };
  const connections = new Connections({ ...settings, rules });
  const { lockTimeoutMs = 10_000 } = options;
  const outcome = await named("move a history", address, () =>
    connections.apart(async (client) => {
      await migrate(client, settings.schema, migrations);
      await client.query("BEGIN");
      await lock(client, { address, schema: settings.schema, lockTimeoutMs });
      return endTransaction(client, address, await attempt(() => use(new PostgresArchive(client, address))));
    }),
  ).finally(() => connections.end());
  if (outcome.ok) return outcome.result;
  throw outcome.thrown;
}

/** What came of the caller's own work: its failures are not the store's. */
type Outcome<Result> =
  | { readonly ok: true; readonly result: Result }
  | { readonly ok: false; readonly thrown: unknown };

async function attempt<Result>(work: () => Promise<Result>): Promise<Outcome<Result>> {
  try {
    return { ok: true, result: await work() };
  } catch (thrown) {
    return { ok: false, thrown };
  }
}

async function endTransaction<Result>(
  client: Client,
  address: string,
  outcome: Outcome<Result>,
): Promise<Outcome<Result>> {
  if (!outcome.ok) {
    // Where the connection is lost, the server rolls back.
    await client.query("ROLLBACK").catch(() => {});
    return outcome;
  }
  try {
    await client.query("COMMIT");
    return outcome;
  } catch (thrown) {
    throw sqlStateOf(thrown) === undefined ? undecided(address, thrown) : thrown;
  }
}

interface LockOptions {
  readonly address: string;
  readonly schema: string;
  readonly lockTimeoutMs: number;
}

/** Against everybody who writes; those who only read see the store as it was. */
async function lock(client: Client, { address, schema, lockTimeoutMs }: LockOptions): Promise<void> {
  const { rows } = await client.query<{ readonly isMine: boolean }>(
    `SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS "isMine",
      set_config('lock_timeout', $2, true)`,
    [`mycroft moves a history into ${schema}`, String(lockTimeoutMs)],
  );
  if (rows[0]?.isMine !== true) {
    throw locked(`A history is being moved into the store in ${address}. Wait until that is done.`, address);
  }
  try {
    await client.query(`LOCK TABLE ${[...tables, "events"].join(", ")} IN SHARE ROW EXCLUSIVE MODE`);
  } catch (thrown) {
    if (sqlStateOf(thrown) !== lockNotAvailable) throw thrown;
    throw locked(`Others write to the store in ${address}. Stop them, and move the history then.`, address);
  }
}

function locked(message: string, store: string): MycroftError {
  return new MycroftError("STORE_LOCKED", message, { details: { store } });
}

async function named<Result>(doing: string, address: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (thrown) {
    throw asStoreError(thrown, doing, address);
  }
}

class PostgresArchive implements WritableArchive {
  readonly address: string;
  readonly #client: Client;
  readonly #numbers = new RunNumbers();

  constructor(client: Client, address: string) {
    this.#client = client;
    this.address = address;
  }

  async count(kind: ArchiveKind): Promise<number> {
    return this.#do("count", async () => {
      const text = `SELECT count(*) AS rows FROM ${tableOf[kind]}`;
      const { rows } = await this.#client.query<{ readonly rows: string }>(text);
      return Number(rows[0]?.rows);
    });
  }

  async *read(kind: ArchiveKind): AsyncGenerator<readonly ArchiveRecord[]> {
    const pieces = readInPieces(this.#client, archiveReadings[kind]);
    for (;;) {
      const piece = await this.#do("read the history", () => pieces.next());
      if (piece.done === true) return;
      yield piece.value;
    }
  }

  async write(batch: readonly ArchiveRecord[]): Promise<void> {
    await this.#do("write the history", () => writeRecords(this.#client, this.#numbers, batch));
  }

  #do<Result>(doing: string, work: () => Promise<Result>): Promise<Result> {
    return named(doing, this.address, work);
  }
}

function undecided(address: string, cause: unknown): MycroftError {
  return new MycroftError(
    "STORE_UNREACHABLE",
    `The connection to the store in ${address} was lost as the history was being made visible, so it is not known whether ` +
      "it is there. Move it again: when it is there already, that is found out, and nothing is done twice.",
    { details: { store: address, isUndecided: true }, cause },
  );
}
