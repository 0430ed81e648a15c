/**
 * News come soon and perhaps not at all, so what they tell of is done again until somebody has heard it. What is promised for
 * sure is tested for sure: who has stopped listening hears nothing, and news of any size harm nobody.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { SharedStore, StoreNews } from "../ports/shared-store.ts";
import { shardOf } from "../shared/shard-of.ts";
import {
  allShards,
  beginLetter,
  key,
  longMs,
  nextAppend,
  offerAll,
  orchestrator,
  outcomeLetter,
} from "./sample-offers.ts";
import { createRuns, creation } from "./sample-runs.ts";
import { type CurrentSharedHost, instances } from "./shared-store-host.ts";
import { untilTrue } from "./until-true.ts";

type Deed = (store: SharedStore, turn: number) => Promise<unknown>;

/** What each deed is told as, `turn` of it. */
const deeds: Readonly<
  Record<string, { readonly act: Deed; readonly isTold: (news: StoreNews, turn: number) => boolean }>
> = {
  "letters that are sent": {
    act: (store, turn) => store.sendLetters([beginLetter(`sent-${turn}`, "run-1")]),
    isTold: isLetterTo("run-1"),
  },
  "letters that come with events": {
    act: (store, turn) =>
      store.append([
        { ...creation(`new-${turn}`), outbox: { lettersSent: [beginLetter(`l-${turn}`, "run-2")] } },
      ]),
    isTold: isLetterTo("run-2"),
  },
  "reports of outcomes": {
    act: (store, turn) => store.reportAttempts([outcomeLetter(`reported-${turn}`, key("a", "run-3"))]),
    isTold: isLetterTo("run-3"),
  },
  "attempts that are withdrawn": {
    act: (store, turn) => {
      const withdrawals = [{ task: `näher "${turn}"`, attempt: 2 }];
      return store.append([{ ...creation(`cancelled-${turn}`), outbox: { withdrawals } }]);
    },
    isTold: (news, turn) =>
      news.type === "withdrawn" &&
      news.attempts.some(
        (one) => one.task === `näher "${turn}"` && one.attempt === 2 && one.runId === `cancelled-${turn}`,
      ),
  },
  "runs that settle": {
    act: (store, turn) =>
      store.append([{ ...creation(`over-${turn}`), settle: { status: "succeeded", at: 5 } }]),
    isTold: (news, turn) => news.type === "settled" && news.runIds.includes(`over-${turn}`),
  },
  "an orchestrator that comes": {
    act: (store, turn) => store.reportProcess(orchestrator(`orchestrator-${turn}`), longMs),
    isTold: ({ type }) => type === "shards",
  },
  "a process that ends": {
    act: async (store) => {
      await store.holdShards("ending", longMs);
      await store.forgetProcess("ending");
    },
    isTold: ({ type }) => type === "shards",
  },
  "shards that are given back": {
    act: async (store) => {
      await store.holdShards("releasing", longMs);
      await store.releaseShards("releasing", allShards);
    },
    isTold: ({ type }) => type === "shards",
  },
};

function isLetterTo(runId: string): (news: StoreNews) => boolean {
  return (news) => news.type === "letters" && news.shards.includes(shardOf(runId));
}

export function testNews(host: CurrentSharedHost): void {
  describe("news", () => {
    for (const [what, { act, isTold }] of Object.entries(deeds)) {
      test(`of ${what}, in the same process and in others`, async () => {
        const stores = await instances(host(), 2);
        const heard = stores.map((): StoreNews[] => []);
        for (const [index, store] of stores.entries()) store.listen((news) => heard[index]?.push(news));
        let turn = 0;
        await untilTrue("all have heard of it", async () => {
          turn += 1;
          await act(host().store, turn);
          const turns = Array.from({ length: turn }, (_, before) => before + 1);
          return heard.every((all) => all.some((news) => turns.some((one) => isTold(news, one))));
        });
      });
    }

    test("all who listen are told, until they stop", async () => {
      const { store } = host();
      const heard = { stays: 0, stopped: 0 };
      store.listen(() => {
        heard.stays += 1;
      });
      const stop = store.listen(() => {
        heard.stopped += 1;
      });
      const send = async (turn: number) => store.sendLetters([beginLetter(`letter-${turn}`)]);
      let turn = 0;
      await untilTrue("both have heard something", async () => {
        await send(turn++);
        return heard.stays > 0 && heard.stopped > 0;
      });
      stop();
      const before = { ...heard };
      await untilTrue("the other one has heard more", async () => {
        await send(turn++);
        return heard.stays > before.stays + 2;
      });
      assert.equal(heard.stopped, before.stopped);
      stop();
    });

    test("P8 news of much at once harm nothing, however long the names are", async () => {
      const [store, other] = await instances(host(), 2);
      assert.ok(store && other);
      const heard: StoreNews[] = [];
      other.listen((news) => heard.push(news));
      const runIds = Array.from({ length: 120 }, (_, index) => `${"x".repeat(180)}-${index}`);
      await createRuns(store, runIds);
      const tasks = Array.from({ length: 30 }, (_, index) => `${"ü\u{1f600}".repeat(300)}[${index}]`);
      await offerAll(
        store,
        tasks.map((task) => key(task, runIds[0])),
      );
      const withdrawals = tasks.map((task) => ({ task, attempt: 1 }));
      const outcomes = await store.append(
        runIds.map((runId, index) => ({
          ...nextAppend(runId, {
            ...(index === 0 && { withdrawals }),
            lettersSent: [beginLetter(runId, runId)],
          }),
          settle: { status: "cancelled", at: 5 },
        })),
      );
      assert.ok(outcomes.every((outcome) => outcome === "stored"));
      // Whoever listens goes on hearing.
      let turn = 0;
      await untilTrue("something else is heard of", async () => {
        await store.append([{ ...creation(`after-${turn}`), settle: { status: "failed", at: 5 } }]);
        turn += 1;
        return heard.some(
          (news) => news.type === "settled" && news.runIds.some((id) => id.startsWith("after-")),
        );
      });
    });
  });
}
