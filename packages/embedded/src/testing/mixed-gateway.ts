/** What the targets of the mixed workflows do. Which way an attempt ends depends on the run, the task and the token alone. */
import type { JsonValue } from "@mycroft/engine";
import type { VersionedGateway } from "@mycroft/gateways";
import type { AttemptOutcome, AttemptRequest } from "@mycroft/runtime";

/** What a large output has, in characters: more than fits into a row. */
const largeOutput = 9_000;
/** What is appended to the id of a run by the id of its retry. */
export const retrySuffix = "-again";

const version = "1";

export interface MixedGatewayOptions {
  /** Told of each attempt before anything of it is done. */
  readonly onAttempt: (request: AttemptRequest) => void;
  /** What some attempts cancel their run with. */
  readonly cancel: (runId: string, task?: string) => Promise<void>;
}

export function mixedGateway({ onAttempt, cancel }: MixedGatewayOptions): VersionedGateway {
  return {
    versionOf: () => version,
    async execute(request, { signal }) {
      onAttempt(request);
      const luck = luckOf(request);
      if (luck % 3 !== 0) await pause(luck % 16);
      switch (request.target.name) {
        case "silent":
          return never();
        case "halt":
          await cancel(rootOf(request.runId));
          return never();
        case "drop":
          await cancel(request.runId, request.task);
          return never();
        default:
          signal.throwIfAborted();
          return outcomeOf(request, luck);
      }
    },
  };
}

function outcomeOf(request: AttemptRequest, luck: number): AttemptOutcome {
  const { runId, task, attempt, input, target, cacheTtlMs } = request;
  // What may be answered from a cache must not depend on whether it is.
  const isShaky = target.kind === "function" && cacheTtlMs === null && attempt < 4;
  if (isShaky && luck < 20) return failure("TASK_FAILED", true);
  switch (target.name) {
    case "risky":
      return luck < 30 ? failure("INPUT_INVALID", false) : success({ task, of: sizeOf(input) });
    case "coin":
      return luck < 45 ? failure("OUTPUT_INVALID", false) : success({ task });
    case "argue":
      return success({ value: Number(input) - 1 });
    case "large":
      return success({
        of: sizeOf(input),
        text: `${JSON.stringify(input)?.slice(0, 40)}`.padEnd(largeOutput, "."),
      });
    case "fragile":
      return runId.endsWith(retrySuffix) ? success({ task }) : failure("TASK_FAILED", false);
    default:
      return success({ task, of: sizeOf(input) });
  }
}

function success(output: JsonValue): AttemptOutcome {
  return { ok: true, output, version };
}

function failure(code: string, retryable: boolean): AttemptOutcome {
  return { ok: false, error: { code, message: `no luck: ${code}`, retryable }, version };
}

/** 0 to 100. */
function luckOf({ runId, task, attempt }: AttemptRequest): number {
  let hash = 7;
  for (const char of `${runId}/${task}#${attempt}`) hash = (hash * 31 + char.charCodeAt(0)) % 1_000_003;
  return hash % 101;
}

function sizeOf(input: JsonValue): number {
  return JSON.stringify(input)?.length ?? 0;
}

/** The run that a child run lies in, at whatever depth. */
function rootOf(runId: string): string {
  return runId.split(".", 1)[0] ?? runId;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function never(): Promise<never> {
  return new Promise(() => {});
}
