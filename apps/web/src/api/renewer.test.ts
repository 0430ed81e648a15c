import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import type { QueryClient } from "@tanstack/react-query";
import { createRenewer } from "./renewer.ts";

type Port = Pick<QueryClient, "isFetching" | "invalidateQueries">;

const key = ["listRuns"] as const;

beforeEach(() => mock.timers.enable({ apis: ["setTimeout"] }));
afterEach(() => mock.timers.reset());

function sample() {
  const asked: unknown[] = [];
  const onItsWay = new Set<string>();
  const client: Port = {
    isFetching: (filters) => Number(onItsWay.has(JSON.stringify(filters?.queryKey))),
    invalidateQueries: async (filters) => {
      asked.push(filters?.queryKey);
    },
  };
  return { asked, onItsWay, renewer: createRenewer(client) };
}

test("many signs in a short while are one question", () => {
  const { asked, renewer } = sample();
  for (let sign = 0; sign < 100; sign += 1) renewer.add([key]);
  mock.timers.tick(200);
  assert.deepEqual(asked, [key]);
  renewer.close();
});

test("while signs keep coming it is asked once a second", () => {
  const { asked, renewer } = sample();
  for (let ms = 0; ms < 5_000; ms += 50) {
    renewer.add([key]);
    mock.timers.tick(50);
  }
  assert.ok(asked.length >= 4 && asked.length <= 6, `${asked.length} times`);
  renewer.close();
});

test("a sign that comes while an answer is on its way is not lost", () => {
  const { asked, onItsWay, renewer } = sample();
  onItsWay.add(JSON.stringify(key));
  renewer.add([key]);
  mock.timers.tick(3_000);
  assert.deepEqual(asked, []);
  onItsWay.clear();
  mock.timers.tick(1_000);
  assert.deepEqual(asked, [key]);
  renewer.close();
});

test("closed, it asks nothing more", () => {
  const { asked, renewer } = sample();
  renewer.add([key]);
  renewer.close();
  mock.timers.tick(5_000);
  assert.deepEqual(asked, []);
});
