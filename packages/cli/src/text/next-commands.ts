/** Command lines for what somebody may want to do next, as they can be typed where the last one was. */
import type { Invocation } from "../command.ts";
import { readText } from "../read-options.ts";

/** The words of each command, without `mycroft`; what they need of the options of the last one is added. */
export function nextCommands(
  commands: readonly (readonly string[])[],
  options: Invocation["options"],
): readonly string[] {
  // Somebody who came by npm has `mycroft` in the project and not on the path.
  const program = process.env["npm_config_user_agent"] === undefined ? "mycroft" : "npx mycroft";
  const place = ["folder", "store", "cluster", "config"].flatMap((name) => {
    const value = readText(options, name);
    return value === undefined ? [] : [`--${name}`, withoutPassword(value)];
  });
  return commands.map((words) => [program, ...[...words, ...place].map(shellWord)].join(" "));
}

/** A password is not repeated: whoever types the line again knows it, or sets PGPASSWORD. */
function withoutPassword(value: string): string {
  if (!/^\w+:\/\//u.test(value)) return value;
  if (!URL.canParse(value)) return "ADDRESS";
  const url = new URL(value);
  if (url.password !== "") url.password = "PASSWORD";
  return url.href;
}

function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/u.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
