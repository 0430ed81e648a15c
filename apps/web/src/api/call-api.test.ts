import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { ApiProblem } from "./api-problem.ts";
import { addressOf, callApi } from "./call-api.ts";

const realFetch = globalThis.fetch;

afterEach(() => {
  globalThis.fetch = realFetch;
});

function answer(status: number, body: string): void {
  globalThis.fetch = async () => new Response(body, { status });
}

async function refusal(): Promise<ApiProblem> {
  const thrown = await callApi("getVersion", {}).then(
    () => null,
    (error: unknown) => error,
  );
  assert.ok(thrown instanceof ApiProblem);
  return thrown;
}

test("parameters are encoded into one segment each, and queries that are not given are left out", () => {
  assert.equal(
    addressOf("getTask", { params: { runId: "r", task: "companies[3]/resolution" } }),
    "/api/runs/r/tasks/companies%5B3%5D%2Fresolution",
  );
  assert.equal(
    addressOf("listRuns", { query: { limit: 5, workflow: undefined, tag: "a b" } }),
    "/api/runs?limit=5&tag=a+b",
  );
  assert.equal(addressOf("listRuns", {}), "/api/runs");
});

test("problem details become an ApiProblem with the server's code", async () => {
  const problems = [{ field: "input.universe", message: "too few", value: "a list of 0" }, "odd"];
  answer(
    400,
    JSON.stringify({
      type: "t",
      title: "T",
      status: 400,
      detail: "D",
      code: "INPUT_INVALID",
      retryable: false,
      details: { problems },
    }),
  );
  const problem = await refusal();
  assert.equal(problem.code, "INPUT_INVALID");
  assert.equal(problem.message, "D");
  assert.equal(problem.status, 400);
  assert.deepEqual(problem.problems, [problems[0]]);
});

test("what a proxy writes instead is a problem too", async () => {
  answer(502, "<html>Bad gateway</html>");
  const problem = await refusal();
  assert.equal(problem.code, "ANSWER_UNREADABLE");
  assert.equal(problem.retryable, true);
  answer(200, "<html>Hello</html>");
  assert.equal((await refusal()).code, "ANSWER_UNREADABLE");
});

test("no answer at all is OFFLINE, and may be asked again", async () => {
  globalThis.fetch = () => Promise.reject(new TypeError("fetch failed"));
  const problem = await refusal();
  assert.equal(problem.code, "OFFLINE");
  assert.equal(problem.retryable, true);
});

test("a body is sent as JSON, a start with its key", async () => {
  const seen: RequestInit[] = [];
  globalThis.fetch = async (_, init) => {
    seen.push(init ?? {});
    return new Response(JSON.stringify({ runId: "r" }), { status: 201 });
  };
  await callApi("startRun", { body: { workflow: "w" } }, { idempotencyKey: "k" });
  const headers = new Headers(seen[0]?.headers);
  assert.equal(seen[0]?.method, "POST");
  assert.equal(seen[0]?.body, '{"workflow":"w"}');
  assert.equal(headers.get("idempotency-key"), "k");
  assert.equal(headers.get("content-type"), "application/json");
});
