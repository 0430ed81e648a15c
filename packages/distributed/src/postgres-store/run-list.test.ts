import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { RunQuery, Store } from "@mycroft/runtime";
import pg from "pg";
import { type PostgresServer, startPostgres, whyNoPostgres } from "../testing/postgres-server.ts";
import { continuation, creation } from "../testing/sample-appends.ts";
import { newSchema, storeOptions } from "../testing/store-host.ts";
import { openPostgresStore } from "./open-postgres-store.ts";
import { listingStatement } from "./run-list.ts";
import { oldestServer, setUpSession } from "./session-settings.ts";

const runs = 40_000;
const limit = 20;

/**
 * Runs of which nearly all succeeded, newest last; the oldest failed, of a workflow that nearly all have, and of one
 * that only they have. So whatever is looked for among the oldest lies behind all others. The newer half are child runs.
 */
const filling = `
  INSERT INTO runs (run_no, status, shard, events, created_at, status_at, run_id, workflow, plan_hash, as_of, provenance,
    parent_run_id, parent, tags)
  SELECT -n, CASE WHEN n <= 30 THEN 3 ELSE 2 END, n % 64, 2, n, n, 'run-' || lpad(n::text, 9, '0'),
    CASE WHEN n % 40 = 7 THEN 'rare' ELSE 'common' END, 'plan', '2020-02-28', '{"codeVersion":"1"}',
    CASE WHEN n <= 100 THEN 'parent' WHEN n > 20000 THEN 'many' END, CASE WHEN n <= 100 OR n > 20000 THEN '{}' END,
    '["all"]'
  FROM generate_series(1, ${runs}) AS n;
  INSERT INTO run_tags (tag, status, run_id, workflow) SELECT 'all', status, run_id, workflow FROM runs;
  INSERT INTO run_tags (tag, status, run_id, workflow) SELECT 'few', status, run_id, workflow FROM runs WHERE run_no >= -25;
  INSERT INTO events (run_no, seq, body)
    SELECT run_no, seq, '{"type":"runStarted","at":1,"input":{}}' FROM runs, generate_series(0, 1) AS seq;
`;

const filters: readonly Omit<RunQuery, "limit">[] = [
  {},
  { cursor: "run-000020000" },
  { runIdPrefix: "run-00001" },
  { status: "running" },
  { status: "failed" },
  { status: "succeeded" },
  { workflow: "common" },
  { workflow: "rare" },
  { workflow: "nothing" },
  { workflow: "common", status: "failed" },
  { workflow: "rare", status: "failed", cursor: "run-000030000" },
  { workflow: "common", status: "running" },
  { tag: "all" },
  { tag: "few" },
  { tag: "few", status: "failed" },
  { tag: "all", status: "failed" },
  { tag: "all", workflow: "rare" },
  { tag: "all", workflow: "rare", status: "failed" },
  { parentRunId: "parent" },
  { parentRunId: "parent", status: "succeeded", tag: "all", workflow: "common" },
  { parentRunId: "nobody" },
  { parentRunId: null },
  { parentRunId: null, cursor: "run-000010000" },
  { parentRunId: null, runIdPrefix: "run-00003" },
  { parentRunId: null, status: "succeeded" },
  { parentRunId: null, status: "failed" },
  { parentRunId: null, workflow: "common" },
  { parentRunId: null, workflow: "rare" },
  { parentRunId: null, workflow: "common", status: "succeeded" },
];

interface PlanNode {
  readonly "Node Type": string;
  readonly "Shared Hit Blocks": number;
  readonly "Shared Read Blocks": number;
  readonly Plans?: readonly PlanNode[];
}

function nodeTypes(node: PlanNode): readonly string[] {
  return [node["Node Type"], ...(node.Plans ?? []).flatMap(nodeTypes)];
}

describe("finding runs among many", { skip: whyNoPostgres() }, () => {
  let server: PostgresServer;
  const schema = newSchema();
  before(async () => {
    server = await startPostgres({ settings: { autovacuum: "off" } });
    await (await openPostgresStore(storeOptions(server, schema))).close();
    await server.query(`SET search_path TO ${schema}; ${filling}`);
  });
  after(() => server.stop());

  /** What the store's own sessions would do. */
  async function explain(query: RunQuery): Promise<PlanNode> {
    const client = new pg.Client(server.url);
    await client.connect();
    const rules = { schema, oldestServer, isReadOnly: false, acceptsLoss: true, patienceMs: 60_000 };
    await setUpSession(client, rules);
    const { text, values } = listingStatement(query);
    const given = values.map((_, index) => new RegExp(`\\$${index + 1}::(\\w+)`).exec(text)?.[1] ?? "bigint");
    // Prepared, as the store does it: the plan is made without a look at the values.
    await client.query(`PREPARE listing (${given.join(", ")}) AS ${text}`);
    const literals = values.map((value) =>
      value === null
        ? "NULL"
        : Buffer.isBuffer(value)
          ? `'\\x${value.toString("hex")}'`
          : client.escapeLiteral(String(value)),
    );
    const explained = await client.query<Record<string, readonly [{ readonly Plan: PlanNode }]>>(
      `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE listing (${literals.join(", ")})`,
    );
    await client.end();
    const [found] = explained.rows[0]?.["QUERY PLAN"] ?? [];
    assert.ok(found);
    return found.Plan;
  }

  for (const statistics of ["without statistics", "with statistics"]) {
    test(`P8 each listing reads a few blocks along an index, ${statistics}`, async () => {
      if (statistics === "with statistics") await server.query("ANALYZE");
      for (const filter of filters) {
        const plan = await explain({ ...filter, limit });
        const types = nodeTypes(plan);
        const name = `${JSON.stringify(filter)}: ${types.join(", ")}`;
        // Pages of several ranges are put in order once they are read.
        const unwanted = types.includes("Append") ? /Seq Scan|Hash|Bitmap/ : /Seq Scan|Hash|Bitmap|Sort/;
        assert.ok(!types.some((type) => unwanted.test(type)), name);
        const blocks = plan["Shared Hit Blocks"] + plan["Shared Read Blocks"];
        // A descent of an index for each run of the page, and some for the way there.
        assert.ok(blocks <= 8 * limit, `${blocks} blocks for ${name}`);
      }
    });
  }

  test("P8 opening, appending, reading and pruning walk no table from end to end", async () => {
    const tables = `SELECT relname, seq_scan::integer, seq_tup_read::integer FROM pg_stat_user_tables
      WHERE schemaname = $1 AND relname <> 'mycroft_migrations' ORDER BY relname`;
    await untilAlone(server);
    const before = await server.query(tables, [schema]);
    const store = await openPostgresStore({ ...storeOptions(server, schema), retentionDays: 1e9 });
    await useAll(store);
    await store.close();
    await untilAlone(server);
    assert.deepEqual(await server.query(tables, [schema]), before);
  });
});

/** The sessions of a store count what they did when they end. */
async function untilAlone(server: PostgresServer): Promise<void> {
  const others = "SELECT 1 FROM pg_stat_activity WHERE application_name = 'mycroft'";
  while ((await server.query(others)).length > 0);
}

async function useAll(store: Store): Promise<void> {
  const hash = await store.putArtifact("data");
  await store.putArtifact("data");
  const create = {
    tags: ["all"],
    startKey: "key",
    parent: { runId: "run-000000001", task: "t", attempt: 1 },
  };
  const provenance = { codeVersion: "1", dataHash: hash };
  await store.append([creation("new", { ...create, provenance }), continuation("new", 1, hash)]);
  await store.append([continuation("run-000030000", 2), continuation("run-000000002", 9)]);
  await store.append([{ runId: "new", fromSeq: 2, events: [], settle: { status: "failed", at: 5 } }]);
  await store.append([creation("other", { startKey: "key" })]);
  await store.findRunByStartKey("key");
  await store.getRun("run-000000001");
  await store.readEvents("run-000000001", 1);
  await store.getArtifact(hash);
  await store.listRuns({ status: "running", limit: 1_000 });
  for (const replaces of [0, 1, null]) {
    const expiresAt = replaces === 1 ? 1 : 4e12;
    await store.putDocument({ collection: "notes", id: "one", replaces, value: 1, expiresAt });
  }
  await store.listDocuments("notes", { limit: 10 });
  await store.putDocument({ collection: "notes", id: "one", replaces: null, value: null });
  assert.ok((await store.prune(2_000)) > 1_000);
}
