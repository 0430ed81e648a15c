/**
 * Processes that are told to end while runs are under way (SIGTERM): what they have in hand they finish, or leave after the
 * grace time; either way the next one goes on, and all ends as if nobody had stopped.
 */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { after, describe, it } from "node:test";
import { openSqliteStore } from "./sqlite-store/open-sqlite-store.ts";
import { storeFiles } from "./sqlite-store/store-files.ts";
import { AnnouncedFacts } from "./testing/announced-facts.ts";
import { SeededRandom } from "./testing/seeded-random.ts";
import type { WorkSettings } from "./testing/work-messages.ts";
import type { WorkingProcess } from "./testing/working-process.ts";
import { Workplace } from "./testing/workplace.ts";

const seed = Number(process.env["MYCROFT_SEED"] ?? Date.now() % 1_000_000);
const random = new SeededRandom(seed);
const workplace = new Workplace();
after(() => workplace.clear());

/** How many attempts were begun and are not over. */
function inHand({ announcements }: WorkingProcess): number {
  const begun = new Set<string>();
  for (const said of announcements) {
    // Of a task, one attempt at a time.
    if (said.type === "attempt") begun.add(`${said.runId}/${said.task}`);
    if (said.type !== "update") continue;
    const { runId, status, events } = said.update;
    for (const { task } of events) begun.delete(`${runId}/${task}`);
    if (status === "running") continue;
    for (const name of begun) if (name.startsWith(`${runId}/`)) begun.delete(name);
  }
  return begun.size;
}

/** Lets processes work one after the other, and ends each after some of its work; tells how much each left in hand. */
async function endAgainAndAgain(settings: Partial<WorkSettings>): Promise<readonly number[]> {
  const [folder, facts] = [workplace.newFolder(), new AnnouncedFacts()];
  const left: number[] = [];
  for (let life = 0; life < 5; life += 1) {
    const process = workplace.newProcess();
    process.begin({ folder, waves: 1, ...settings });
    await process.untilUpdates(1 + random.below(120));
    process.kill("SIGTERM");
    const { code, signal, complaint } = await process.ended;
    assert.deepEqual([code, signal, complaint], [0, null, ""]);
    assert.equal(process.announcements.at(-1)?.type, "closed");
    assert.ok(!existsSync(storeFiles(folder).writeAheadLog), "it has closed the store");
    left.push(inHand(process));
    facts.hear(process);
    const store = await openSqliteStore({ folder, readOnly: true });
    await facts.check(store);
    await store.close();
  }
  facts.hear(await workplace.finish(folder));
  await workplace.assertSameEnd(folder, facts);
  return left;
}

describe(`P2 P3 a host that is closed while runs are under way (seed ${seed})`, () => {
  it("finishes what it has in hand when it has time for it", async () => {
    assert.deepEqual(await endAgainAndAgain({}), [0, 0, 0, 0, 0]);
  });

  it("leaves what does not end in time to the next one", async () => {
    const left = await endAgainAndAgain({ graceMs: 0 });
    assert.ok(
      left.some((count) => count > 0),
      left.join(", "),
    );
  });
});
