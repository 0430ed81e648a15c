import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { describe, test } from "node:test";
import { migrate, migrations } from "./migrations.ts";
import { type ListedBy, listingSql } from "./run-list.ts";

const yesAndNo = [false, true] as const;

function everyListing(): readonly ListedBy[] {
  return (["any", "none", "one"] as const).flatMap((parent) =>
    yesAndNo.flatMap((tag) =>
      yesAndNo.flatMap((workflow) =>
        (["any", "succeeded", "rare"] as const).map((status) => ({ parent, tag, workflow, status })),
      ),
    ),
  );
}

/** The index that a listing must walk, as SQLite names it, with what it must be narrowed by. */
function indexFor({ parent, tag, workflow, status }: ListedBy): string {
  if (parent === "one") return "INDEX runs_by_parent (parent_run_id=? AND run_id>? AND run_id<?)";
  if (tag && workflow) {
    return "INDEX run_tags_by_workflow (tag=? AND workflow=? AND status=? AND run_id>? AND run_id<?)";
  }
  if (tag) return "PRIMARY KEY (tag=? AND status=? AND run_id>? AND run_id<?)";
  if (status === "rare") return "INDEX runs_by_rare_status (status=? AND run_id>? AND run_id<?)";
  if (workflow) return "INDEX runs_by_workflow (workflow=? AND run_id>? AND run_id<?)";
  return "INDEX sqlite_autoindex_runs_1 (run_id>? AND run_id<?)";
}

describe("listing runs", () => {
  for (const by of everyListing()) {
    test(`walks an index in the order of the page, whatever it is asked for: ${JSON.stringify(by)}`, () => {
      const database = new DatabaseSync(":memory:");
      migrate(database, migrations);
      const rows = database.prepare(`EXPLAIN QUERY PLAN ${listingSql(by)}`).all();
      database.close();
      const plan = rows.map((row) => String(row["detail"]));
      const walked = plan.filter((line) => line.endsWith(indexFor(by)));
      // Without a status, a tag's page is merged from a page of each status.
      const isMerged = by.tag && by.parent !== "one" && by.status === "any";
      assert.equal(walked.length, isMerged ? 4 : 1, plan.join("\n"));
      // Pages of pages may be scanned and sorted; tables never.
      for (const line of plan.filter((line) => line.startsWith("SCAN"))) {
        assert.match(line, /^SCAN (\(subquery-\d+\)|tagged)$/);
      }
      if (!isMerged) assert.doesNotMatch(plan.join("\n"), /TEMP B-TREE/);
    });
  }
});
