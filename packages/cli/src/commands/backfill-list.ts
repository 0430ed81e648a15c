/** `mycroft backfill list`: the backfills on record, the newest first. */

import { timeText } from "@mycroft/record/text";
import type { Invocation } from "../command.ts";
import { askRecord } from "../control/ask-record.ts";
import { backfillText } from "../schedule/schedule-text.ts";
import { renderTable } from "../text/table.ts";

const titles = ["Backfill", "Of", "From", "To", "Status", "Begun"] as const;

export async function execute({ options, terminal }: Invocation): Promise<number> {
  const { backfills } = await askRecord("listBackfills", {}, { options });
  if (terminal.json) {
    terminal.printJson({ backfills });
    return 0;
  }
  if (backfills.length === 0) {
    terminal.note("There is no backfill on record; `mycroft backfill SCHEDULE --from D --to D` begins one.");
    return 0;
  }
  const columns = [...titles.map((title) => ({ title })), { title: "Runs", wraps: true }];
  const rows = backfills.map((backfill) => [
    { text: backfill.id, style: "bold" } as const,
    backfill.target.name,
    backfill.from,
    backfill.to,
    backfill.status,
    timeText(Date.parse(backfill.createdAt)),
    backfillText(backfill),
  ]);
  for (const line of renderTable(columns, rows, terminal)) terminal.print(line);
  return 0;
}
