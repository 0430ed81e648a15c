/** `mycroft approve RUN [TASK]`: a person's verdict on what a run asks (E8). */
import { userInfo } from "node:os";
import { MycroftError } from "@mycroft/errors";
import type { Invocation } from "../command.ts";
import type { WorkedRun } from "../decision/run-and-read.ts";
import { readArgument, readFlag, readText } from "../read-options.ts";
import { findRunId, steerRun, tellSteered } from "../steer/steer-run.ts";

export async function execute(invocation: Invocation): Promise<number> {
  const { arguments: given, options } = invocation;
  const runId = await findRunId(readArgument(given, "run"), options);
  const named = given["task"];
  const comment = readText(options, "comment");
  const verdict = readFlag(options, "reject") ? "reject" : "approve";
  const by = readText(options, "by") ?? userName();
  const steered = await steerRun(
    {
      name: "approve",
      input: {
        runId,
        ...(typeof named === "string" ? { task: named } : {}),
        verdict,
        by,
        ...(comment === undefined ? {} : { comment }),
      },
      runOf: () => runId,
    },
    invocation,
  );
  const { task } = steered.value;
  const word = verdict === "approve" ? "Approved" : "Rejected";
  tellSteered(
    steered,
    {
      done: `${word} ${task} of run ${runId}, as ${by}.`,
      doneJson: { runId, task, verdict, by },
      runId,
      mayFail: (worked) => verdict === "reject" && isRejected(worked),
    },
    invocation,
  );
  return 0;
}

/** A rejection that fails its step fails the run, as a rule: that is what was asked for. */
function isRejected({ record }: WorkedRun): boolean {
  const { result } = record.state;
  return result?.status === "failed" && result.error.code === "APPROVAL_REJECTED";
}

/** @throws {MycroftError} USAGE where the machine does not know who it is. */
function userName(): string {
  try {
    return userInfo().username;
  } catch (cause) {
    throw new MycroftError("USAGE", "This machine has no name for its user; say with --by who decides.", {
      cause,
    });
  }
}
