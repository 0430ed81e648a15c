/**
 * From words to a command: the parser is built from the command table, and so is every page of help. A word that does
 * not fit is USAGE, with a suggestion where one is near.
 */
import { MycroftError } from "@mycroft/errors";
import { Command, CommanderError, type Help, Option } from "commander";
import type { CommandFamily, CommandOption, CommandSpec, Invocation } from "./command.ts";
import { commandFamilies, commandTable, commonOptions, hostOptions } from "./command-table.ts";
import { optionFlag } from "./read-options.ts";
import { readVersion } from "./version.ts";

const introduction =
  "Many narrow agents study the same companies and disagree. Mycroft runs them, measures how far they disagree, " +
  "decides on each company, and can explain and recompute every decision.";

const epilogue = [
  "Exit codes: 0 done; 1 failed, or the answer is no; 2 the command line was not understood.",
  "`mycroft <command> --help` shows its options and examples, and how to name servers.",
];

export type ParsedLine =
  | { readonly kind: "command"; readonly spec: CommandSpec; readonly given: Omit<Invocation, "terminal"> }
  /** Help or the version was asked for. */
  | { readonly kind: "text"; readonly text: string };

export interface HelpLook {
  /** Columns that help may take. */
  readonly width: number;
  readonly heading: (text: string) => string;
}

/**
 * @param words what follows `mycroft` on the command line.
 * @throws {MycroftError} USAGE.
 */
export function parseCommandLine(words: readonly string[], look: HelpLook): ParsedLine {
  let text = "";
  let parsed: ParsedLine | null = null;
  const program = buildProgram(look, {
    write: (part) => {
      text += part;
    },
    invoke: (spec, given) => {
      parsed = { kind: "command", spec, given };
    },
  });
  try {
    const isAsking = words.some((word) => word !== "--");
    program.parse(isAsking ? [...words] : ["--help"], { from: "user" });
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown;
    if (thrown.exitCode === 0) return { kind: "text", text: text.trimEnd() };
    throw usageError(thrown, words);
  }
  return parsed ?? { kind: "text", text: text.trimEnd() };
}

interface Receiver {
  readonly write: (text: string) => void;
  readonly invoke: (spec: CommandSpec, given: Omit<Invocation, "terminal">) => void;
}

function buildProgram(look: HelpLook, receiver: Receiver): Command {
  const program = prepare(new Command("mycroft"), look, receiver)
    .usage("<command> [options]")
    .description(introduction)
    .configureHelp({ formatHelp: frontPage, styleTitle: look.heading, subcommandTerm: termOf });
  addOptions(program, [...commonOptions, ...hostOptions]);
  program.version(readVersion(), "--version", "print the version");
  // Families first: by then, the first word of every command of two words is there.
  const firsts = new Map<string, Command>();
  for (const { name, command } of frontCommands(look, receiver)) {
    firsts.set(name, command);
    program.addCommand(command);
  }
  for (const spec of commandTable) {
    const [first = "", second] = spec.name.split(" ");
    if (second !== undefined) firsts.get(first)?.addCommand(buildCommand(spec, look, receiver));
  }
  return program;
}

/** What stands on the front page, in the order of the table: a family stands where its first command does. */
function frontCommands(look: HelpLook, receiver: Receiver) {
  const families = new Map(commandFamilies.map((family) => [family.name, family]));
  const names = [...new Set(commandTable.map(({ name }) => name.split(" ")[0] ?? ""))];
  return names.flatMap((name) => {
    const family = families.get(name);
    const spec = commandTable.find((one) => one.name === name);
    if (family !== undefined) return [{ name, command: buildFamily(family, look, receiver) }];
    return spec === undefined ? [] : [{ name, command: buildCommand(spec, look, receiver) }];
  });
}

function buildFamily({ name, summary, group }: CommandFamily, look: HelpLook, receiver: Receiver): Command {
  return prepare(new Command(name), look, receiver)
    .summary(summary)
    .description(`${summary}.`)
    .helpGroup(group)
    .usage("<command> [options]");
}

function buildCommand(spec: CommandSpec, look: HelpLook, receiver: Receiver): Command {
  const [first = "", second] = spec.name.split(" ");
  const command = prepare(new Command(second ?? first), look, receiver)
    .summary(spec.summary)
    .description(`${spec.summary}.`)
    .helpGroup(second === undefined ? spec.group : "Commands:")
    .usage([...spec.arguments.map(argumentForm), "[options]"].join(" "))
    .addHelpText("after", ["", "Examples:", ...spec.examples.map((line) => `  $ ${line}`)].join("\n"));
  for (const argument of spec.arguments) command.argument(argumentForm(argument), argument.description);
  addOptions(command, spec.options);
  command.action((...received: unknown[]) => {
    const names = spec.arguments.map((argument) => argument.name);
    const given = {
      arguments: Object.fromEntries(
        names.map((name, at) => [name, received[at] as string | string[] | undefined]),
      ),
      options: command.optsWithGlobals(),
    };
    refuseEmpty(spec, given);
    receiver.invoke(spec, given);
  });
  return command;
}

/** An empty word is a shell's variable that was not set: it names nothing, and must not be taken for a default. */
function refuseEmpty(spec: CommandSpec, given: Omit<Invocation, "terminal">): void {
  const isEmpty = (value: unknown) =>
    [value].flat().some((one) => typeof one === "string" && one.trim() === "");
  const [argument] = Object.entries(given.arguments).find(([, value]) => isEmpty(value)) ?? [];
  const [option] = Object.entries(given.options).find(([, value]) => isEmpty(value)) ?? [];
  if (argument === undefined && option === undefined) return;
  const what = argument === undefined ? optionFlag(option ?? "") : `<${argument}>`;
  throw new MycroftError("USAGE", `${what} is empty. See \`mycroft ${spec.name} --help\`.`, {
    details: argument === undefined ? { option: what, value: "" } : { argument, value: "" },
  });
}

/** Servers are a matter of those who have some. */
function isForEverybody({ flags }: { readonly flags: string }): boolean {
  return !hostOptions.some((option) => option.flags === flags);
}

/** The page of `mycroft --help`: commands first, by what one wants to do. */
function frontPage(program: Command, help: Help): string {
  const width = help.padWidth(program, help);
  const section = (title: string, items: readonly (readonly [string, string])[]) => {
    const lines = items.map(([term, text]) => help.formatItem(term, width, text, help));
    return help.formatItemList(help.styleTitle(title), lines, help).join("\n");
  };
  const commands = Map.groupBy(program.commands, (command) => command.helpGroup());
  const sections = Array.from(commands, ([group, members]) =>
    section(
      `${group}:`,
      members.map((command) => [help.subcommandTerm(command), help.subcommandDescription(command)]),
    ),
  );
  const options = help
    .visibleOptions(program)
    .filter(isForEverybody)
    .map((one) => [help.optionTerm(one), one.description] as const);
  return [
    `${help.styleTitle("Usage:")} ${help.commandUsage(program)}\n`,
    `${help.boxWrap(introduction, help.helpWidth ?? 100)}\n`,
    ...sections,
    section("Options, of every command:", options),
    ...epilogue.map((line) => help.boxWrap(line, help.helpWidth ?? 100)),
  ].join("\n");
}

function prepare(command: Command, look: HelpLook, receiver: Receiver): Command {
  return command
    .exitOverride()
    .configureOutput({ writeOut: receiver.write, writeErr: () => {}, getOutHelpWidth: () => look.width })
    .configureHelp({ showGlobalOptions: true, styleTitle: look.heading, subcommandTerm: termOf })
    .helpCommand(false)
    .helpOption("-h, --help", "show this help");
}

/** `explain <run> <symbol>`: its options are for its own help. */
function termOf(command: Command): string {
  if (isFamily(command)) return `${command.name()} <command>`;
  const words = command.registeredArguments.map((argument) => {
    const name = `${argument.name()}${argument.variadic ? "..." : ""}`;
    return argument.required ? `<${name}>` : `[${name}]`;
  });
  return [command.name(), ...words].join(" ");
}

function isFamily(command: Command): boolean {
  return commandFamilies.some(({ name }) => name === command.name()) && command.commands.length > 0;
}

function argumentForm({ name, required, variadic }: CommandSpec["arguments"][number]): string {
  const inside = `${name}${variadic === true ? "..." : ""}`;
  return required ? `<${inside}>` : `[${inside}]`;
}

function addOptions(command: Command, options: readonly CommandOption[]): void {
  for (const { flags, description, default: usual, isCommaList } of options) {
    const option = new Option(flags, description).default(usual);
    // Flags may be repeated, and several values are collected by the parser itself; of others the last would win, silently.
    const takesOne = option.required && !option.variadic;
    command.addOption(takesOne ? option.argParser(onceOrJoined(option, isCommaList === true)) : option);
  }
}

function onceOrJoined(option: Option, isCommaList: boolean): (value: string, before: unknown) => string {
  let given: string | null = null;
  return (value) => {
    if (given !== null && !isCommaList) throw givenTwice(option, given, value);
    given = given === null ? value : `${given},${value}`;
    return given;
  };
}

function givenTwice({ long }: Option, first: string, second: string): MycroftError {
  const flag = long ?? "";
  return new MycroftError(
    "USAGE",
    `${flag} is given twice, as ${JSON.stringify(first)} and as ${JSON.stringify(second)}; it takes one value. Leave one out.`,
    { details: { option: flag, values: [first, second] } },
  );
}

function usageError(thrown: CommanderError, words: readonly string[]): MycroftError {
  const known = commandOf(words);
  const page = known === null ? "mycroft --help" : `mycroft ${known} --help`;
  if (thrown.code === "commander.help") {
    const names = commandTable.flatMap(({ name }) =>
      name.startsWith(`${known} `) ? [name.split(" ")[1]] : [],
    );
    return new MycroftError("USAGE", `Say what to do: ${names.join(", ")}. See \`${page}\`.`);
  }
  // Commander begins with "error: ", which the form of every failure here says already, and gives a suggestion a line.
  const text = thrown.message.replace(/^error: /u, "").replace(/\s*\n\((.*)\)$/u, ". $1");
  const sentence = `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.?]$/u.test(text) ? "" : "."}`;
  return new MycroftError("USAGE", `${sentence} See \`${page}\`.`);
}

/** The command, or the family, that was meant; null when its name is not among the words. */
function commandOf(words: readonly string[]): string | null {
  const names = [...commandTable, ...commandFamilies].map(({ name }) => name);
  const first = words.findIndex(
    (word) => names.includes(word) || names.some((name) => name.startsWith(`${word} `)),
  );
  if (first === -1) return null;
  const [one = "", other = ""] = words.slice(first);
  return names.includes(`${one} ${other}`) ? `${one} ${other}` : one;
}
