/** The words of what concerns the server: options of the commands that have one, and the commands about its keys. */
import type { CommandOption, CommandSpec } from "./command.ts";

export const serverOptions: readonly CommandOption[] = [
  { flags: "--no-web", description: "without the server and its web page" },
  {
    flags: "--port <n>",
    description:
      "where the server listens, 0 to 65535; 0 takes any (default: 8421, or the next that is free)",
  },
  {
    flags: "--listen <host>",
    description: "at which address; beyond this machine only with keys (default: 127.0.0.1)",
  },
  {
    flags: "--public-host <name...>",
    description: "names by which browsers may reach it, behind a proxy say",
  },
];

export const pageOptions: readonly CommandOption[] = [
  { flags: "--no-open", description: "do not open the page in the browser" },
];

const keyArgument = {
  name: "id",
  description: "a key's id; see `mycroft keys list`",
  required: true,
} as const;

export const keyCommands: readonly CommandSpec[] = [
  {
    name: "keys create",
    group: "Project",
    summary: "Make a key; it is shown this once",
    arguments: [{ name: "name", description: "whose it is, or what it is for", required: true }],
    options: [
      {
        flags: "--role <role>",
        description: "viewer looks, operator starts and steers, admin manages keys too",
        default: "viewer",
      },
      { flags: "--expires <days>", description: "it ends after so many days, 1 to 3660 (default: never)" },
    ],
    examples: ["mycroft keys create ann --role operator", "mycroft keys create dashboard --expires 90"],
    load: () => import("./commands/keys-create.ts"),
  },
  {
    name: "keys list",
    group: "Project",
    summary: "List the keys, without the keys themselves",
    arguments: [],
    options: [],
    examples: ["mycroft keys list"],
    load: () => import("./commands/keys-list.ts"),
  },
  {
    name: "keys revoke",
    group: "Project",
    summary: "Revoke a key, and end the sessions that it began",
    arguments: [keyArgument],
    options: [],
    examples: ["mycroft keys revoke ID"],
    load: () => import("./commands/keys-revoke.ts"),
  },
];
