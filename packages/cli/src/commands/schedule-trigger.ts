/** `mycroft schedule trigger NAME`: starts a schedule's run now, out of turn. */
import type { Invocation } from "../command.ts";
import { readArgument } from "../read-options.ts";
import { steerRun, tellSteered } from "../steer/steer-run.ts";

export async function execute(invocation: Invocation): Promise<number> {
  const schedule = readArgument(invocation.arguments, "schedule");
  const steering = {
    name: "triggerSchedule",
    input: { schedule },
    runOf: (value: { readonly runId: string }) => value.runId,
  } as const;
  const steered = await steerRun(steering, invocation);
  const { runId } = steered.value;
  const done = `Schedule ${schedule} has started run ${runId}, out of turn.`;
  tellSteered(steered, { done, doneJson: { schedule, runId }, runId }, invocation);
  return 0;
}
