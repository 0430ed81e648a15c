/** What a shared store carries it carries whole: large, odd and empty things alike (P7). */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { JsonValue } from "@mycroft/engine";
import type { AttemptKey } from "../ports/shared-store.ts";
import {
  allShards,
  backAgain,
  claims,
  createRun,
  key,
  letterIds,
  longMs,
  nextAppend,
  outcomeLetter,
  sampleOffer,
} from "./sample-offers.ts";
import { type CurrentSharedHost, instances } from "./shared-store-host.ts";

const oddTexts: Readonly<Record<string, string>> = {
  "a NUL": "nul \u0000 within",
  quotes: `'single' "double" \\back\\ \`tick\` $1 %s {a,"b"}`,
  "line breaks and control characters": "a\nb\r\n\t\u0007\u001f\u007f\u2028",
  "characters beyond the first plane": "emoji \u{1f600} \u{10ffff}",
  "what looks like JSON": '{"a": [null]}',
  "combining and right-to-left characters": "e\u0301 \u0639\u0631\u0628\u064a \u202e",
  "spaces at both ends": "  a  ",
};

const oddValues: readonly JsonValue[] = [
  null,
  0.1 + 0.2,
  -1e-300,
  Number.MAX_SAFE_INTEGER,
  "",
  "lone \ud800 surrogate",
  [[], [[]], {}],
  JSON.parse('{"__proto__": 1, "a": {"constructor": null}}') as JsonValue,
  { z: 1, a: 2, "": 3, "\u0000": "\u0000" },
];

export function testOddPayloads(host: CurrentSharedHost): void {
  describe("payloads", () => {
    for (const [what, task] of Object.entries(oddTexts)) {
      test(`P7 a task's name with ${what} goes all the way`, async () => {
        const [store, other] = await instances(host(), 2);
        assert.ok(store && other);
        await createRun(store);
        const odd: AttemptKey = key(task);
        const offer = sampleOffer(odd, { input: task });
        assert.deepEqual(await store.ensureOffers([offer]), [odd]);
        await store.ensureOffers([sampleOffer(key("plain"))]);
        const due = await other.takeDue({ shards: allShards, limit: 9, againInMs: longMs });
        assert.ok(due.some((message) => message.task === task));
        assert.deepEqual(await other.claimAttempts("worker", longMs, [odd]), [{ request: offer.request }]);
        assert.deepEqual(await other.renewAttempts("worker", longMs, [odd]), [true]);
        await other.handBackAttempts("worker", [backAgain(odd, longMs)]);
        const letter = outcomeLetter("letter", odd, task);
        await other.reportAttempts([letter]);
        assert.deepEqual(await store.readLetters({ shards: allShards, limit: 9, except: [] }), [letter]);
        assert.deepEqual(await claims(store, "other", [odd, key("plain")]), ["no", "granted"]);
        const again = key(task, "run-1", 2);
        await store.append([
          nextAppend("run-1", { offers: [sampleOffer(again)], lettersTaken: ["letter"] }),
          nextAppend("run-1", { withdrawals: [again] }, 2),
        ]);
        assert.deepEqual(await claims(store, "worker", [again]), ["no"]);
        assert.deepEqual(await letterIds(store), []);
      });
    }

    test("inputs and outcomes are whatever JSON they are", async () => {
      const { store } = host();
      const keys = oddValues.map((_, index) => key(`task-${index}`));
      const offers = keys.map((one, index) => sampleOffer(one, { input: oddValues[index] ?? null }));
      await store.ensureOffers(offers);
      const answers = await store.claimAttempts("worker", longMs, keys);
      assert.equal(JSON.stringify(answers), JSON.stringify(offers.map(({ request }) => ({ request }))));
      const letters = keys.map((one, index) => outcomeLetter(`${index}`, one, oddValues[index] ?? null));
      await store.reportAttempts(letters);
      const read = await store.readLetters({ shards: allShards, limit: 99, except: [] });
      assert.deepEqual(read, letters);
      assert.equal(
        JSON.stringify(read.map(({ body }) => body)),
        JSON.stringify(letters.map(({ body }) => body)),
      );
    });

    test("an outcome of 8 MiB arrives, and so does the request of such an input", async () => {
      const { store } = host();
      const large = "y".repeat(8 * 1024 * 1024);
      const offer = sampleOffer(key("large"), { input: large });
      await store.ensureOffers([offer]);
      const [answer] = await store.claimAttempts("worker", longMs, [key("large")]);
      assert.ok(answer && "request" in answer && answer.request.input === large);
      await store.reportAttempts([outcomeLetter("1", key("large"), large)]);
      const [letter] = await store.readLetters({ shards: allShards, limit: 1, except: [] });
      assert.ok(
        letter?.body.kind === "outcome" && letter.body.outcome.ok && letter.body.outcome.output === large,
      );
    });

    test("what is read later does not change with the objects that were given, or read", async () => {
      const { store } = host();
      const input = { value: 1 };
      await store.ensureOffers([sampleOffer(key("a"), { input })]);
      await store.sendLetters([outcomeLetter("1", key("b"), input)]);
      input.value = 2;
      const claim = async () => (await store.claimAttempts("worker", longMs, [key("a")]))[0];
      const first = await claim();
      assert.ok(first && "request" in first);
      assert.deepEqual(first.request.input, { value: 1 });
      Object.assign(first.request.input as object, { value: 3 });
      const second = await claim();
      assert.ok(second && "request" in second);
      assert.deepEqual(second.request.input, { value: 1 });
      const read = await store.readLetters({ shards: allShards, limit: 1, except: [] });
      assert.deepEqual(read, [outcomeLetter("1", key("b"), { value: 1 })]);
    });

    test("a thousand of each at once", async () => {
      const { store } = host();
      const keys = Array.from({ length: 1_000 }, (_, index) => key(`task-${index}`));
      const made = await store.ensureOffers(keys.map((one) => sampleOffer(one)));
      assert.equal(made.length, 1_000);
      const answers = await claims(store, "worker", keys);
      assert.ok(answers.every((answer) => answer === "granted"));
      const isHeld = await store.renewAttempts("worker", longMs, keys);
      assert.ok(isHeld.every(Boolean));
      await store.handBackAttempts(
        "worker",
        keys.slice(500).map((one) => backAgain(one)),
      );
      const due = await store.takeDue({ shards: allShards, limit: 1_000, againInMs: longMs });
      assert.equal(due.length, 500);
      await store.reportAttempts(keys.map((one) => outcomeLetter(one.task, one)));
      const ids = await letterIds(store);
      assert.equal(ids.length, 1_000);
      await store.dropLetters(ids);
      assert.deepEqual(await letterIds(store), []);
      assert.deepEqual(await store.listBacklogs(), []);
    });
  });
}
