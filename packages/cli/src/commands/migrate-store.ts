/** `mycroft migrate-store FROM TO`: moves a record from its folder into Postgres, all of it or nothing, verified by hashes. */

import { resolve } from "node:path";
import { writePostgresArchive } from "@mycroft/distributed";
import { readSqliteArchive } from "@mycroft/embedded";
import { MycroftError } from "@mycroft/errors";
import { counted } from "@mycroft/record/text";
import { type ArchiveKind, type MovedHistory, type MoveProgress, moveHistory } from "@mycroft/runtime";
import type { Invocation } from "../command.ts";
import { folderOfStore } from "../project/host-settings.ts";
import { readArgument, readText } from "../read-options.ts";
import { renderTable } from "../text/table.ts";
import type { Terminal } from "../text/terminal.ts";

/** In the order in which they are told. */
const words = {
  run: "runs",
  plan: "plans",
  document: "documents",
  artifact: "artifacts",
} as const satisfies Record<ArchiveKind, string>;

interface Told extends MovedHistory {
  readonly from: string;
  readonly to: string;
}

export async function execute({ arguments: given, options, terminal }: Invocation): Promise<number> {
  const folder = findFolder(readArgument(given, "from"));
  const url = checkAddress(readArgument(given, "to"));
  const schema = readText(options, "schema") ?? "mycroft";
  const onProgress = progressIn(terminal);
  const told = await readSqliteArchive({ folder }, (from) =>
    writePostgresArchive({ url, schema }, async (to): Promise<Told> => {
      const moved = await moveHistory({ from, to, at: Date.now(), onProgress });
      return { ...moved, from: from.address, to: to.address };
    }),
  );
  terminal.progress("");
  if (terminal.json) terminal.printJson(jsonOf(told));
  else for (const line of reportOf(told, terminal)) terminal.print(line);
  return 0;
}

/** The folder of the store, its file, or the folder of the project whose record it is. */
function findFolder(text: string): string {
  if (/^\w+:\/\//u.test(text)) {
    // It may hold a password, so it is not repeated.
    throw new MycroftError(
      "USAGE",
      "<from> is an address; a history is moved out of a record's folder only.",
    );
  }
  return folderOfStore(resolve(text));
}

function checkAddress(text: string): string {
  if (/^postgres(?:ql)?:\/\//u.test(text)) return text;
  throw new MycroftError("USAGE", "<to> must be like postgres://USER:PASSWORD@HOST:5432/DATABASE.");
}

/** Between two redrawings. */
const liveEveryMs = 100;

function progressIn(terminal: Terminal): (progress: MoveProgress) => void {
  let shownAt = Number.NEGATIVE_INFINITY;
  return ({ doing, kind, done, total }) => {
    const now = performance.now();
    if (now - shownAt < liveEveryMs) return;
    shownAt = now;
    const what = doing === "copy" ? "Moving" : "Reading back";
    terminal.progress(`${what} ${words[kind]}: ${grouped(done)} of ${grouped(total)}`);
  };
}

function reportOf({ from, to, wasThere, sums }: Told, terminal: Terminal): readonly string[] {
  const kinds = Object.keys(words) as ArchiveKind[];
  const columns = [{ title: "What" }, { title: "How many", align: "right" }, { title: "Hash" }] as const;
  const rows = kinds.map((kind) => [words[kind], grouped(sums[kind].count), sums[kind].hash.slice(0, 16)]);
  const { events, unsettled } = sums.run;
  const first = wasThere
    ? `All that ${from} holds is in ${to} already: nothing was moved.`
    : `Moved all that ${from} holds to ${to}, where it was read back.`;
  return [
    first,
    `Counts and hashes are the same on both sides; the runs have ${counted(events, "event")}.`,
    "",
    ...renderTable(columns, rows, terminal),
    "",
    ...(unsettled === 0
      ? []
      : [
          `${grouped(unsettled)} of the runs are under way: the next orchestrator on the new store goes on with them.`,
        ]),
    `Start nothing on the old record any more: it stays in ${from} as a backup.`,
  ];
}

function jsonOf({ from, to, wasThere, sums }: Told): unknown {
  const { plan, artifact, document, run } = sums;
  const sumOf = ({ count, hash }: typeof plan) => ({ count, hash });
  return {
    from,
    to,
    wasThere,
    plans: sumOf(plan),
    artifacts: sumOf(artifact),
    documents: sumOf(document),
    runs: { ...sumOf(run), events: run.events, underWay: run.unsettled },
  };
}

function grouped(value: number): string {
  return value.toLocaleString("en");
}
