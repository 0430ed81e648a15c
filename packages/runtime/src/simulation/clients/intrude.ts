/** Asks for what cannot be, and holds each refusal to its code (P7). */
import { compile } from "@mycroft/engine";
import { asMycroftError, type ErrorCode } from "@mycroft/errors";
import type { Intrusion } from "../scenario.ts";
import { asOf, type ClientOptions, type Outside, provenance } from "./outside.ts";

interface Wrong {
  /** Any of these is right: the run may have settled. */
  readonly codes: readonly ErrorCode[];
  readonly request: (outside: Outside, runId: string) => Promise<unknown>;
}

const nowhere = compile({
  name: "nowhere",
  steps: [
    {
      name: "lost",
      kind: "call",
      target: { kind: "agent", name: "steady" },
      input: { kind: "const", value: null },
      pool: "nowhere",
    },
  ],
  output: { kind: "step", step: "lost", path: [] },
});
const tooMuch = "x".repeat(1024 * 1024 + 1);

const wrongs: Readonly<Record<Intrusion, Wrong>> = {
  unknownRun: {
    codes: ["RUN_UNKNOWN"],
    request: (outside) => outside.signal("nobody", { signal: "news", payload: null }),
  },
  unknownTask: {
    codes: ["TASK_UNKNOWN"],
    request: (outside, runId) => outside.cancel(runId, "simulated", "no-such-task"),
  },
  unknownSignal: {
    codes: ["SIGNAL_UNKNOWN", "RUN_SETTLED"],
    request: (outside, runId) => outside.signal(runId, { signal: "gossip", payload: null }),
  },
  nobody: {
    codes: ["INPUT_INVALID", "RUN_SETTLED"],
    request: (outside, runId) => outside.decide(runId, { verdict: "approve", by: " " }),
  },
  oversized: {
    codes: ["LIMIT_EXCEEDED", "RUN_SETTLED"],
    request: (outside, runId) => outside.signal(runId, { signal: "news", payload: tooMuch }),
  },
  unknownPool: {
    codes: ["POOL_UNKNOWN"],
    request: (outside) => outside.startRun({ plan: nowhere, input: null, asOf, provenance }),
  },
};

/** Resolves when every one has been refused. */
export async function intrude(options: ClientOptions): Promise<void> {
  await Promise.all(
    options.scenario.intrusions.map(({ kind, atMs }, index) => intrudeOnce(options, kind, atMs, index)),
  );
}

async function intrudeOnce(
  options: ClientOptions,
  kind: Intrusion,
  atMs: number,
  index: number,
): Promise<void> {
  const { outside, witness, scenario, until, memory } = options;
  const request = `intrusion ${index}`;
  const runId = scenario.runs[0]?.name ?? "";
  await until(atMs);
  if (memory.answered.has(request) || witness.durable.get(runId) === undefined) return;
  const wrong = wrongs[kind];
  try {
    await wrong.request(outside, runId);
    witness.accuse("refused", kind);
  } catch (thrown) {
    const { code } = asMycroftError(thrown);
    if (!wrong.codes.includes(code)) witness.accuse("refused", `${kind}: ${code}`);
  }
  memory.answered.add(request);
}
