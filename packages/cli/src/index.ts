export type {
  CommandArgument,
  CommandGroup,
  CommandModule,
  CommandOption,
  CommandSpec,
  Invocation,
} from "./command.ts";
export { commandTable } from "./command-table.ts";
export { type BuildWebOptions, buildWeb, type WebBuild } from "./web/build-web.ts";
