/**
 * What the functions of the mixed workflows do. How an attempt ends, and how long it takes, follows from its run, task and
 * token; what it gives is a hash of what it was given, so that whatever goes wrong on the way shows in the end.
 */
import { contentHash } from "@mycroft/engine";
import type { AttemptControl, AttemptOutcome, AttemptRequest, Gateway } from "@mycroft/runtime";

/** Of the functions but `slow`: at most. */
const longestMs = 12;
const slowMs = 250;
/** Of every fourth execution of `slow`: longer than leases last in tests of faults. */
const verySlowMs = 3_500;

/** @param onExecution told of each execution before anything of it is done. */
export function mixedFunctions(onExecution: (request: AttemptRequest) => void, version: string): Gateway {
  return {
    async execute(request: AttemptRequest, _control: AttemptControl): Promise<AttemptOutcome> {
      onExecution(request);
      const { name } = request.target;
      const luck = luckOf(request);
      // Until it is given up.
      if (name === "silent") return new Promise(() => {});
      if (name === "slow") await pause(isVerySlow(request) ? verySlowMs : slowMs + luck);
      else if (luck % 3 !== 0) await pause(luck % longestMs);
      if (name === "shaky" && request.attempt < 4 && luck < 35) return unlucky(version);
      const { task, input, idempotencyKey } = request;
      const output = { task, of: contentHash(input).slice(0, 16), key: idempotencyKey };
      return { ok: true, output, version };
    },
  };
}

/** Of the same run it is always so. */
export function isVerySlow({ runId }: Pick<AttemptRequest, "runId">): boolean {
  return Number(runId.split("-").at(-1)) % 4 === 0;
}

function unlucky(version: string): AttemptOutcome {
  return { ok: false, error: { code: "TASK_FAILED", message: "no luck", retryable: true }, version };
}

/** 0 to 100. */
function luckOf({ runId, task, attempt }: AttemptRequest): number {
  let hash = 7;
  for (const char of `${runId}/${task}#${attempt}`) hash = (hash * 31 + char.charCodeAt(0)) % 1_000_003;
  return hash % 101;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
