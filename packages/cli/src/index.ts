export type {
  CommandArgument,
  CommandGroup,
  CommandModule,
  CommandOption,
  CommandSpec,
  Invocation,
} from "./command.ts";
export { commandTable } from "./command-table.ts";
