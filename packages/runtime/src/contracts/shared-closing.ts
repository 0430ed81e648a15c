/** A closed store answers nothing more. */
import { describe, test } from "node:test";
import type { SharedStore } from "../ports/shared-store.ts";
import { assertCode } from "./assert-code.ts";
import {
  allShards,
  beginLetter,
  key,
  longMs,
  nextAppend,
  orchestrator,
  outcomeLetter,
  sampleOffer,
} from "./sample-offers.ts";
import type { CurrentSharedHost } from "./shared-store-host.ts";

/** Also with empty lists, where an answer would need no store. */
const calls: Readonly<Record<string, (store: SharedStore) => Promise<unknown>>> = {
  append: (store) => store.append([nextAppend("run-1", { lettersSent: [beginLetter("a")] })]),
  now: (store) => store.now(),
  holdShards: (store) => store.holdShards("a", longMs),
  releaseShards: (store) => store.releaseShards("a", [1]),
  listUnsettled: (store) => store.listUnsettled(1, { limit: 9 }),
  reportProcess: (store) => store.reportProcess(orchestrator("a"), longMs),
  forgetProcess: (store) => store.forgetProcess("a"),
  listProcesses: (store) => store.listProcesses(),
  ensureOffers: (store) => store.ensureOffers([sampleOffer(key("a"))]),
  "ensureOffers of none": (store) => store.ensureOffers([]),
  claimAttempts: (store) => store.claimAttempts("worker", longMs, [key("a")]),
  "claimAttempts of none": (store) => store.claimAttempts("worker", longMs, []),
  renewAttempts: (store) => store.renewAttempts("worker", longMs, [key("a")]),
  handBackAttempts: (store) =>
    store.handBackAttempts("worker", [{ key: key("a"), againInMs: 0, reason: null }]),
  reportAttempts: (store) => store.reportAttempts([outcomeLetter("1", key("a"))]),
  takeDue: (store) => store.takeDue({ shards: allShards, limit: 9, againInMs: longMs }),
  hurry: (store) => store.hurry(allShards),
  listBacklogs: (store) => store.listBacklogs(),
  sendLetters: (store) => store.sendLetters([beginLetter("a")]),
  "sendLetters of none": (store) => store.sendLetters([]),
  readLetters: (store) => store.readLetters({ shards: allShards, limit: 9, except: [] }),
  dropLetters: (store) => store.dropLetters(["a"]),
};

export function testSharedClosing(host: CurrentSharedHost): void {
  describe("closing", () => {
    test("everything then rejects with STORE_CLOSED; closing twice is the same as closing once", async () => {
      const { store } = host();
      const stop = store.listen(() => {});
      await store.close();
      await store.close();
      for (const [what, call] of Object.entries(calls)) {
        await assertCode(() => call(store), "STORE_CLOSED").catch((thrown: unknown) => {
          throw new Error(what, { cause: thrown });
        });
      }
      stop();
    });
  });
}
