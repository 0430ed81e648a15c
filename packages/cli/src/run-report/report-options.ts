/** How what is told of a run is to look. */
import type { Invocation } from "../command.ts";
import type { Terminal } from "../text/terminal.ts";

export interface ReportOptions {
  /** Every task and every remark, however many. */
  readonly all: boolean;
  readonly width: number;
  readonly style: Terminal["style"];
  /** Those of the command that tells it: the commands that it names get what they need of them. */
  readonly commandOptions: Invocation["options"];
}
