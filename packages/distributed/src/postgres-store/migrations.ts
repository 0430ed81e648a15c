/**
 * The store's schema, as numbered steps. A step that was released is never changed: a store of any older version is
 * brought up to date by the steps that it lacks. Each is one transaction with the version that it leads to, under an
 * advisory lock, so that half of one is impossible and any number of processes may open a store at once.
 */
import { MycroftError } from "@mycroft/errors";
import type { Client } from "pg";
import { quoteName } from "./session-settings.ts";

/** SQL that leads from the version before to the next, with the store's schema as the search path. */
export type Migration = string;

/** Tells a store from other things that may lie in a schema. */
const versionTable = "mycroft_migrations";

/**
 * Text that is compared has the collation "C", so that ids sort alike on every server; what may hold the character NUL,
 * which no text of Postgres can, is UTF-8 in a bytea, or JSON, which escapes it.
 */
const firstSchema: Migration = `
  -- The store's clock, in milliseconds since the epoch: the server's, so that all machines have the same.
  CREATE FUNCTION now_ms() RETURNS double precision LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT extract(epoch FROM statement_timestamp())::double precision * 1000 $$;

  -- Fails the statement that asks, when somebody else was first.
  CREATE FUNCTION expect_rows(counted bigint, expected bigint) RETURNS bigint LANGUAGE plpgsql
    AS $$ BEGIN
      IF counted <> expected THEN RAISE EXCEPTION 'somebody else was first' USING ERRCODE = 'MY001'; END IF;
      RETURN counted;
    END $$;

  CREATE TABLE plans (
    hash text COLLATE "C" PRIMARY KEY,
    body text NOT NULL
  );

  -- Whoever creates runs takes their numbers in blocks.
  CREATE SEQUENCE run_numbers INCREMENT BY 256;

  -- Status is a code (run-status-code.ts); status_at is when the run was created or, once it has settled, when it did.
  -- The count of events changes with each append: the room left in each page lets that touch no index.
  CREATE TABLE runs (
    run_no bigint PRIMARY KEY,
    status smallint NOT NULL,
    events integer NOT NULL,
    created_at double precision NOT NULL,
    status_at double precision NOT NULL,
    run_id text COLLATE "C" NOT NULL,
    workflow text COLLATE "C" NOT NULL,
    plan_hash text NOT NULL,
    as_of text NOT NULL,
    provenance text NOT NULL,
    data_hash text COLLATE "C",
    start_key text COLLATE "C",
    parent_run_id text COLLATE "C",
    parent text,
    forked_from text,
    tags text
  ) WITH (fillfactor = 80);
  CREATE UNIQUE INDEX runs_by_run_id ON runs (run_id);
  CREATE UNIQUE INDEX runs_by_start_key ON runs (start_key) WHERE start_key IS NOT NULL;
  -- What runs are listed by, as one text that ends with the run's id, so that each listing is a range of one index and of
  -- no other (run-list.ts).
  CREATE INDEX runs_by_status ON runs ((status::text || ' ' || run_id));
  CREATE INDEX runs_by_workflow ON runs ((workflow || chr(1) || run_id));
  CREATE INDEX runs_by_workflow_and_status ON runs ((workflow || chr(1) || status::text || ' ' || run_id));
  CREATE INDEX runs_by_parent ON runs ((parent_run_id || ' ' || run_id)) WHERE parent_run_id IS NOT NULL;
  CREATE INDEX runs_by_data ON runs (data_hash) WHERE data_hash IS NOT NULL;
  CREATE INDEX runs_by_settling ON runs (status_at, run_no) WHERE status > 1;

  CREATE TABLE events (
    run_no bigint NOT NULL,
    seq integer NOT NULL,
    body text NOT NULL,
    PRIMARY KEY (run_no, seq)
  );

  -- One row for each tag of a run. It holds what runs are listed by, so that no listing has to look at runs that it
  -- does not list, however many have the tag.
  CREATE TABLE run_tags (
    tag bytea NOT NULL,
    status smallint NOT NULL,
    run_id text COLLATE "C" NOT NULL,
    workflow text COLLATE "C" NOT NULL,
    PRIMARY KEY (tag, status, run_id)
  );
  CREATE INDEX run_tags_by_workflow ON run_tags (tag, (workflow || chr(1) || status::text), run_id);

  CREATE TABLE artifacts (
    hash text COLLATE "C" PRIMARY KEY,
    put_at double precision NOT NULL,
    body text NOT NULL
  );
  CREATE INDEX artifacts_by_time ON artifacts (put_at, hash);

  -- Which runs name an artifact in an event.
  CREATE TABLE artifact_names (
    hash text COLLATE "C" NOT NULL,
    run_no bigint NOT NULL,
    PRIMARY KEY (hash, run_no)
  );
  CREATE INDEX artifact_names_by_run ON artifact_names (run_no);

  -- written_by is different for each write, so that whoever lost the answer to one can tell whether it was stored.
  CREATE TABLE documents (
    collection text COLLATE "C" NOT NULL,
    id bytea NOT NULL,
    revision bigint NOT NULL,
    body text NOT NULL,
    expires_at double precision,
    written_by uuid NOT NULL,
    PRIMARY KEY (collection, id)
  );
  CREATE INDEX documents_by_expiry ON documents (expires_at) WHERE expires_at IS NOT NULL;
`;

export const migrations: readonly Migration[] = [firstSchema];

/** The version of the store in a schema: 0 for an empty schema, or none. Throws STORE_FOREIGN_FILE, STORE_NEWER. */
export async function checkVersion(client: Client, schema: string, known: number): Promise<number> {
  const version = await versionOf(client, schema);
  if (version > known) {
    throw new MycroftError(
      "STORE_NEWER",
      `The store in schema ${schema} has version ${version}; this Mycroft knows versions up to ${known}. ` +
        "Use the newer Mycroft that wrote it, or another schema.",
      { details: { schema, version, known } },
    );
  }
  return version;
}

/** Brings a store up to date; creates it when there is none. When a step fails, the steps before it stay done. */
export async function migrate(client: Client, schema: string, steps: readonly Migration[]): Promise<void> {
  // Also when there is nothing to do: a newer or a foreign store must be found out.
  for (let isDone = false; !isDone; ) isDone = await takeStep(client, schema, steps);
}

async function takeStep(client: Client, schema: string, steps: readonly Migration[]): Promise<boolean> {
  await client.query("BEGIN");
  try {
    await client.query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [
      `mycroft migrates ${schema}`,
    ]);
    const version = await checkVersion(client, schema, steps.length);
    const step = steps[version];
    if (step !== undefined) {
      if (version === 0) await prepareSchema(client, schema);
      await client.query(`SET LOCAL search_path TO ${quoteName(schema)}`);
      await client.query(step);
      await client.query(`INSERT INTO ${versionTable} (version) VALUES ($1)`, [version + 1]);
    }
    await client.query("COMMIT");
    return version + 1 >= steps.length;
  } catch (thrown) {
    // Where the connection is lost, the server rolls back.
    await client.query("ROLLBACK").catch(() => {});
    throw thrown;
  }
}

/** Only a role that may create schemas can do so; one that may not uses a schema that is there. */
async function prepareSchema(client: Client, schema: string): Promise<void> {
  const { rowCount } = await client.query("SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = $1", [
    schema,
  ]);
  if (rowCount === 0) await client.query(`CREATE SCHEMA ${quoteName(schema)}`);
  await client.query(
    `CREATE TABLE ${quoteName(schema)}.${versionTable} (
      version integer PRIMARY KEY,
      applied_at timestamptz NOT NULL DEFAULT now()
    )`,
  );
}

async function versionOf(client: Client, schema: string): Promise<number> {
  const { rows } = await client.query<{ readonly relname: string }>(
    `SELECT relname FROM pg_catalog.pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
      AND relnamespace = (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = $1)`,
    [schema],
  );
  if (rows.length === 0) return 0;
  if (!rows.some((row) => row.relname === versionTable)) throw foreignSchema(schema);
  const found = await client.query<{ readonly version: number | null }>(
    `SELECT max(version) AS version FROM ${quoteName(schema)}.${versionTable}`,
  );
  return found.rows[0]?.version ?? 0;
}

function foreignSchema(schema: string): MycroftError {
  return new MycroftError(
    "STORE_FOREIGN_FILE",
    `The schema ${schema} holds tables of another program, and no Mycroft store; it was not touched. ` +
      "Name another schema for the store.",
    { details: { schema } },
  );
}
