/** Waits for a run that another process works on, by looking at the record: until it has settled, or waits for somebody. */
import { setTimeout as delay } from "node:timers/promises";
import { MycroftError } from "@mycroft/errors";
import type { Store } from "@mycroft/runtime";
import type { Invocation } from "../command.ts";
import { askHolder } from "../control/control-client.ts";
import type { HolderMark } from "../control/control-protocol.ts";
import { Interrupted } from "../interrupted.ts";
import { nextCommands } from "../text/next-commands.ts";
import { watchForInterruption } from "./interruption.ts";
import { readRecordIn } from "./read-record.ts";
import { isAtRest } from "./run-activity.ts";
import { readStanding, type Standing } from "./run-waits.ts";
import { waitLines } from "./wait-lines.ts";

export interface Followed {
  readonly recordFolder: string;
  readonly runId: string;
  readonly holder: HolderMark;
  readonly invocation: Pick<Invocation, "options" | "terminal">;
}

const lookEveryMs = 200;
/** A look may take this share of the time between looks. */
const lookShare = 0.05;
const askEveryMs = 1_000;

/**
 * @throws {MycroftError} RUN_NOT_SETTLED when that process ends before; the codes of reading the record.
 * @throws {Interrupted} when a signal came; the run goes on.
 */
export async function followElsewhere(followed: Followed): Promise<void> {
  const { recordFolder, runId, holder, invocation } = followed;
  const { options, terminal } = invocation;
  const stop = Promise.withResolvers<"stop">();
  const interruption = watchForInterruption({ onFirst: () => stop.resolve("stop") });
  try {
    const ended = await readRecordIn(recordFolder, (store) => follow(store, followed, stop.promise));
    terminal.progress("");
    if (ended) return;
    const [show = ""] = nextCommands([["show", runId]], options);
    terminal.note(`Process ${holder.pid} goes on with run ${runId}; \`${show}\` shows how it comes along.`);
    throw new Interrupted(interruption.exitCode ?? 1);
  } finally {
    interruption.stop();
  }
}

/** False when it was stopped. */
async function follow(store: Store, followed: Followed, stop: Promise<"stop">): Promise<boolean> {
  const { recordFolder, runId, holder, invocation } = followed;
  const { options, terminal } = invocation;
  let told = "";
  let askedAt = performance.now();
  terminal.progress(`Process ${holder.pid} works on run ${runId} ...`);
  for (;;) {
    const startedAt = performance.now();
    const standing = await readStanding(store, runId);
    if (hasEnded(standing, terminal.isAttended)) return true;
    const text = standing.kind === "waiting" ? JSON.stringify(standing.waits) : "";
    if (standing.kind === "waiting" && text !== told && terminal.isAttended) {
      terminal.note(`Run ${runId} waits`);
      for (const line of waitLines(standing.waits, options)) terminal.note(`  ${line}`);
    }
    told = text;
    const pauseMs = Math.max(lookEveryMs, (performance.now() - startedAt) / lookShare);
    if ((await Promise.race([stop, delay(pauseMs)])) === "stop") return false;
    if (performance.now() - askedAt < askEveryMs) continue;
    askedAt = performance.now();
    if (await isThere(recordFolder)) continue;
    // It may have settled in the meantime.
    if ((await readStanding(store, runId)).kind === "settled") return true;
    throw left(followed);
  }
}

function hasEnded(standing: Standing, isAttended: boolean): boolean {
  return standing.kind === "settled" || (!isAttended && isAtRest(standing, Date.now()));
}

async function isThere(recordFolder: string): Promise<boolean> {
  try {
    return (await askHolder(recordFolder, { operation: "listPools", input: {} })) !== null;
  } catch {
    // It is there, and busy.
    return true;
  }
}

function left({ runId, holder }: Followed): MycroftError {
  return new MycroftError(
    "RUN_NOT_SETTLED",
    `Process ${holder.pid}, which worked on run ${runId}, has ended before the run had; the next command that runs something ` +
      "resumes it.",
    { details: { runId, pid: holder.pid } },
  );
}
