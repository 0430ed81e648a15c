/** The hashes of a run's input and of what it came to, worked out once for all who ask, beside the server's other work. */
import type { JsonValue } from "@mycroft/engine";
import { hashInTurns } from "../turns/hash-in-turns.ts";
import { Turns } from "../turns/turns.ts";
import type { ToldRun } from "./told-run.ts";

export interface RunHashes {
  readonly input: string;
  /** Null while it is under way. */
  readonly decision: string | null;
}

const known = new WeakMap<ToldRun, { readonly isSettled: boolean; readonly hashes: Promise<RunHashes> }>();

/** As `contentHash` of its input, and `decisionHash` of its result, if it has one when this resolves. */
export async function runHashes(told: ToldRun): Promise<RunHashes> {
  for (;;) {
    const { isSettled } = told;
    const kept = known.get(told);
    const hashes = kept?.isSettled === isSettled ? kept.hashes : workOut(told);
    known.set(told, { isSettled, hashes });
    const found = await hashes;
    // It may have gone on meanwhile.
    if (told.isSettled === isSettled) return found;
  }
}

async function workOut({ fold: { state } }: ToldRun): Promise<RunHashes> {
  const turns = new Turns();
  const { result } = state;
  return {
    input: await hashInTurns(state.input ?? null, turns),
    decision: result === null ? null : await hashInTurns(result as unknown as JsonValue, turns),
  };
}
