/** Opens a Postgres store: connects, looks before it touches, brings the schema up to date, and begins retention. */
import { MycroftError } from "@mycroft/errors";
import type { SharedStore } from "@mycroft/runtime";
import { Connections } from "./connections.ts";
import { checkVersion, type Migration, migrate, migrations } from "./migrations.ts";
import { PostgresSharedStore } from "./postgres-shared-store.ts";
import type { PostgresStore } from "./postgres-store.ts";
import { type RetentionOutcome, startRetention } from "./retention.ts";
import { oldestServer } from "./session-settings.ts";
import { parseAddress } from "./store-address.ts";
import { asStoreError } from "./store-error.ts";

export interface PostgresStoreOptions {
  /** `postgres://USER:PASSWORD@HOST:5432/DATABASE`. Without a password, that of the environment's PGPASSWORD. */
  readonly url: string;
  /** The schema that holds the store; created when it is not there. `mycroft` unless given. */
  readonly schema?: string;
  /** Refuses writes, and leaves a store of an older version as it is. False unless given. */
  readonly readOnly?: boolean;
  /** For how long a settled run is kept: 365 days unless given; `Infinity` keeps it for ever. */
  readonly retentionDays?: number;
  /** Told how each pass of retention went. It must not throw. */
  readonly onRetention?: (outcome: RetentionOutcome) => void;
  /** The most bytes of JSON that one event or artifact may have: 64 MiB unless given. */
  readonly maxPayloadBytes?: number;
  /** The most connections that are open at once: 8 unless given. */
  readonly maxConnections?: number;
  /** For how long it is waited for a connection: 10 seconds unless given. */
  readonly connectTimeoutMs?: number;
  /** After which time without an answer the server, or the way to it, is taken to be gone: 60 seconds unless given. */
  readonly answerTimeoutMs?: number;
  /**
   * When the connection is lost during an append, for how long it is tried to find out what became of it, before that
   * append is rejected as undecided: 15 seconds unless given.
   */
  readonly decideWithinMs?: number;
  /** Also takes a server that does not wait for its disk (`fsync = off`), for trials and tests. False unless given. */
  readonly acceptsLoss?: boolean;
}

/** What tests put in the place of the real thing. */
export interface PostgresStoreInternals {
  readonly migrations?: readonly Migration[];
  readonly oldestServer?: number;
}

type Settings = Required<PostgresStoreOptions>;

/**
 * Opens the store in a schema; creates it unless `readOnly`. Any number of processes may have it open.
 *
 * Rejects with INPUT_INVALID (an option), STORE_UNREACHABLE (no server there, or no connection left), STORE_REFUSED
 * (user, password, database or rights), STORE_UNSUPPORTED (a server too old, not UTF-8, or without fsync),
 * STORE_FOREIGN_FILE, STORE_NEWER (and nothing was touched), STORE_READ_ONLY (a standby), STORE_FULL, STORE_IO; with
 * `readOnly` also NOT_FOUND and STORE_OLDER. No message holds the password.
 */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<SharedStore> {
  return openStore(options, {});
}

export async function openStore(
  options: PostgresStoreOptions,
  internals: PostgresStoreInternals,
): Promise<SharedStore> {
  const settings = settingsOf(options);
  const { shown } = parseAddress(settings.url);
  const address = `${shown} (schema ${settings.schema})`;
  const connections = new Connections({
    ...settings,
    rules: {
      ...settings,
      oldestServer: internals.oldestServer ?? oldestServer,
      isReadOnly: settings.readOnly,
      patienceMs: settings.answerTimeoutMs,
    },
  });
  try {
    await prepare(connections, settings, internals.migrations ?? migrations);
  } catch (thrown) {
    await connections.end();
    throw asStoreError(thrown, "open the store", address);
  }
  let stopRetention = async (): Promise<void> => {};
  const onClosing = () => stopRetention();
  const isReadOnly = settings.readOnly;
  const store = new PostgresSharedStore({ ...settings, connections, address, isReadOnly, onClosing });
  if (isReadOnly) return store;
  const prune = () => pruneAlone(store, connections, settings);
  stopRetention = startRetention({ prune, onOutcome: settings.onRetention });
  return store;
}

async function prepare(
  connections: Connections,
  { schema, readOnly }: Settings,
  steps: readonly Migration[],
): Promise<void> {
  await connections.apart(async (client) => {
    if (!readOnly) return migrate(client, schema, steps);
    const version = await checkVersion(client, schema, steps.length);
    if (version === 0) {
      throw new MycroftError(
        "NOT_FOUND",
        `There is no store in schema ${schema}; the first run creates it.`,
        {
          details: { schema },
        },
      );
    }
    if (version < steps.length) {
      throw new MycroftError(
        "STORE_OLDER",
        `The store in schema ${schema} has version ${version}, and reading needs version ${steps.length}. ` +
          "Open it once for writing (any command that runs a workflow does) to bring it up to date.",
        { details: { schema, version, known: steps.length } },
      );
    }
  });
}

const dayMs = 24 * 3_600_000;

/** Prunes unless another process is at it, which this one would only be in the way of. */
async function pruneAlone(
  store: PostgresStore,
  connections: Connections,
  { schema, retentionDays }: Settings,
): Promise<number> {
  return connections.apart(async (client) => {
    // Held for as long as this connection lives.
    const { rows } = await client.query<{ readonly isMine: boolean }>(
      'SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS "isMine"',
      [`mycroft prunes ${schema}`],
    );
    return rows[0]?.isMine === true ? store.prune((await store.now()) - retentionDays * dayMs) : 0;
  });
}

/** @throws {MycroftError} INPUT_INVALID. */
export function settingsOf(options: PostgresStoreOptions): Settings {
  const settings: Settings = {
    schema: "mycroft",
    readOnly: false,
    retentionDays: 365,
    onRetention: () => {},
    maxPayloadBytes: 64 * 1024 * 1024,
    maxConnections: 8,
    connectTimeoutMs: 10_000,
    answerTimeoutMs: 60_000,
    decideWithinMs: 15_000,
    acceptsLoss: false,
    ...options,
  };
  if (!/^[A-Za-z_][A-Za-z0-9_-]{0,59}$/.test(settings.schema) || settings.schema.startsWith("pg_")) {
    const rule = "at most 60 letters, digits, _ and -, beginning with a letter, and not with pg_";
    throw outOfRange("schema", settings.schema, rule);
  }
  for (const field of ["retentionDays", "maxPayloadBytes"] as const) {
    if (!(settings[field] > 0)) throw outOfRange(field, settings[field], "a number above 0");
  }
  for (const field of ["maxConnections", "connectTimeoutMs", "answerTimeoutMs", "decideWithinMs"] as const) {
    const isWhole = Number.isSafeInteger(settings[field]) && settings[field] > 0;
    if (!isWhole) throw outOfRange(field, settings[field], "a whole number above 0");
  }
  return settings;
}

function outOfRange(field: string, value: unknown, expected: string): MycroftError {
  const message = `The store's ${field} must be ${expected}, not ${JSON.stringify(value)}.`;
  return new MycroftError("INPUT_INVALID", message, { details: { field, value } });
}
