/** `mycroft backtest forget ID`: takes a backtest from the record, whose documents nothing else prunes. */

import { findBacktest, forgetBacktest } from "@mycroft/backtest";
import { openSqliteStore } from "@mycroft/embedded";
import { counted } from "@mycroft/record/text";
import type { Invocation } from "../command.ts";
import { readFolder } from "../host/read-record.ts";
import { findRecordFolder } from "../project/open-project.ts";
import { readArgument } from "../read-options.ts";

export async function execute({ arguments: given, options, terminal }: Invocation): Promise<number> {
  const folder = await findRecordFolder(options);
  // Looked for first by one that only reads: where there is no record, none is made.
  const { id, workflow, days } = await readFolder(folder, (store) =>
    findBacktest(store, readArgument(given, "id")),
  );
  const store = await openSqliteStore({ folder });
  try {
    await forgetBacktest(store, id);
  } finally {
    await store.close();
  }
  if (terminal.json) terminal.printJson({ forgotten: id });
  else terminal.print(`Forgot backtest ${id} of ${workflow}, ${counted(days, "day")}.`);
  return 0;
}
