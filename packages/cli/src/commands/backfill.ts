/** `mycroft backfill SCHEDULE`: the runs that a schedule would have started between two days, both included. */
import { MycroftError } from "@mycroft/errors";
import type { Invocation } from "../command.ts";
import { readArgument, readDate, readFlag, readWholeNumber } from "../read-options.ts";
import { runBackfill } from "../schedule/run-backfill.ts";

export async function execute(invocation: Invocation): Promise<number> {
  const { arguments: given, options } = invocation;
  const name = readArgument(given, "schedule");
  const [from, to] = [readDay(options, "from"), readDay(options, "to")];
  const concurrency = readWholeNumber(options, "concurrency", { min: 1, max: 1_000 });
  const request = {
    target: { kind: "schedule", name },
    from,
    to,
    newestFirst: readFlag(options, "newestFirst"),
    ...(concurrency === undefined ? {} : { concurrency }),
  } as const;
  return runBackfill({ kind: "new", request }, invocation);
}

function readDay(options: Invocation["options"], name: "from" | "to"): string {
  const day = readDate(options, name);
  if (day !== undefined) return day;
  throw new MycroftError("USAGE", `--${name} is missing: give the first and the last day, --from and --to.`, {
    details: { option: `--${name}` },
  });
}
