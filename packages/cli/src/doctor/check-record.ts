/** Whether the record can be read and written, who writes to it now, and whether there is room for more. */
import { accessSync, constants, existsSync, statfsSync } from "node:fs";
import { dirname } from "node:path";
import { examineStore, type StoreExamination } from "@mycroft/embedded";
import { shortened } from "@mycroft/record/text";
import { controlAddresses } from "../control/control-address.ts";
import { askHolder } from "../control/control-client.ts";
import type { Finding } from "./finding.ts";

/** Below the first, intake may stop at any moment; below the second, it may soon. */
const failBelowBytes = 50 * 1024 ** 2;
const warnBelowBytes = 1024 ** 3;
const commandLength = 60;
const answerWithinMs = 5_000;

export async function checkRecord(folder: string): Promise<readonly Finding[]> {
  const store = examineStore(folder);
  if (store === null) {
    const text = `none yet; the first run makes it in ${folder}`;
    return [{ topic: "Record", status: "ok", text }];
  }
  return [stateOf(store), ...(await holderOf(store, folder))];
}

function stateOf({ file, bytes, runs, artifacts, problems, ...schema }: StoreExamination): Finding {
  const topic = "Record";
  const where = `${file}, ${sizeText(bytes)}`;
  if (problems !== null && problems.length > 0) {
    const hint = "Restore the folder from a backup, or move it away to begin anew.";
    return { topic, status: "fail", text: `${where}: damaged: ${problems.join("; ")}`, hint };
  }
  const large = artifacts === 0 ? "" : `, ${artifacts} large values`;
  const checked = problems === null ? "not checked through, for its size" : "sound";
  const text = `${where}: ${runs} ${runs === 1 ? "run" : "runs"}${large}, schema version ${schema.schemaVersion}, ${checked}`;
  if (schema.schemaVersion === schema.latestVersion) return { topic, status: "ok", text };
  return { topic, status: "ok", text: `${text}; the next run brings it to version ${schema.latestVersion}` };
}

/** Who writes to it, and whether other commands reach them. */
async function holderOf({ holder }: StoreExamination, folder: string): Promise<readonly Finding[]> {
  const topic = "Writer";
  if (holder === null) return staleSocket(folder);
  const who =
    holder === "unknown"
      ? "another process, which has not said which it is"
      : `process ${holder.pid} on ${holder.host} since ${holder.since}: ${shortened(holder.command, commandLength)}`;
  if (await isListening(folder)) {
    const text = `${who}. It does what approve, signal, cancel, retry, fork, schedule and backfill ask`;
    return [{ topic, status: "ok", text: `the record is held by ${text}` }];
  }
  const hint =
    "Commands that change something fail until it ends; those that only read work. It is only starting or ending, is stopped, or " +
    "runs under another user or on another machine.";
  return [
    {
      topic,
      status: "warn",
      text: `the record is held by ${who}, which does not listen to other commands`,
      hint,
    },
  ];
}

async function isListening(folder: string): Promise<boolean> {
  try {
    return (
      (await askHolder(folder, { operation: "listPools", input: {} }, { answerMs: answerWithinMs })) !== null
    );
  } catch {
    return false;
  }
}

/** A killed process cannot remove its socket. */
function staleSocket(folder: string): readonly Finding[] {
  const left = controlAddresses(folder).find(({ path, isFile }) => isFile && existsSync(path));
  if (left === undefined) return [];
  const text = `nobody; ${left.path} was left behind by a process that was killed, and does no harm`;
  return [{ topic: "Writer", status: "ok", text }];
}

/** Looks at the folder, or at the nearest one above it that is there. */
export function checkDisk(folder: string): readonly Finding[] {
  const there = nearestFolder(folder);
  return [checkRoom(there), ...checkAccess(there)];
}

function checkRoom(folder: string): Finding {
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  const text = `${sizeText(free)} free for ${folder}`;
  const hint = "Make room: without it, runs stop until there is some (STORE_FULL), and nothing is lost.";
  if (free < failBelowBytes) return { topic: "Disk", status: "fail", text, hint };
  if (free < warnBelowBytes) return { topic: "Disk", status: "warn", text, hint };
  return { topic: "Disk", status: "ok", text };
}

function checkAccess(folder: string): readonly Finding[] {
  try {
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    return [];
  } catch {
    const hint = "Change its permissions, or name another with --folder.";
    return [{ topic: "Disk", status: "fail", text: `${folder} cannot be written to`, hint }];
  }
}

function nearestFolder(folder: string): string {
  let at = folder;
  while (!existsSync(at) && dirname(at) !== at) at = dirname(at);
  return at;
}

/** `3.4 GB`, by powers of 1,000, as disks are sold. */
export function sizeText(bytes: number): string {
  const units = ["bytes", "kB", "MB", "GB", "TB", "PB"];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1_000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 9.95 ? 0 : 1;
  return `${value.toFixed(digits)} ${units[unit]}`;
}
