/** Reads which policies the command line names, and their settings where it states them: `linear-pool,ewa:{"rate":5}`. */
import type { JsonValue } from "@mycroft/engine";
import { MycroftError } from "@mycroft/errors";
import type { Invocation } from "./command.ts";
import { readText } from "./read-options.ts";

export interface PolicyChoice {
  readonly policy: string;
  /** Its own defaults unless given. */
  readonly settings?: { readonly [name: string]: JsonValue };
}

/** Undefined without the option. @throws {MycroftError} USAGE when it cannot be understood. */
export function readPolicyChoices(options: Invocation["options"]): readonly PolicyChoice[] | undefined {
  const text = readText(options, "policy");
  return text === undefined ? undefined : partsOf(text).map((part) => choiceOf(part.trim(), text));
}

/** What stands between commas, those within braces, brackets and quotes aside. */
function partsOf(text: string): readonly string[] {
  const parts = [""];
  let depth = 0;
  let isQuoted = false;
  for (const token of text.match(/\\.|[^\\]|\\$/gsu) ?? []) {
    if (token === '"') isQuoted = !isQuoted;
    if (!isQuoted && /[{[]/u.test(token)) depth += 1;
    if (!isQuoted && /[}\]]/u.test(token)) depth -= 1;
    if (token === "," && depth === 0 && !isQuoted) parts.push("");
    else parts.push(`${parts.pop() ?? ""}${token}`);
  }
  return parts;
}

function choiceOf(part: string, whole: string): PolicyChoice {
  const [, policy = "", stated] = /^([^:\s]+)(?::(.*))?$/su.exec(part) ?? [];
  const settings = stated === undefined ? undefined : objectIn(stated);
  if (policy === "" || settings === null) {
    throw new MycroftError(
      "USAGE",
      `--policy is ${JSON.stringify(whole)}; it must be names with commas between, each with its settings as JSON where they are stated, such as linear-pool,ewa:{"rate":5}.`,
      { details: { option: "--policy", value: whole } },
    );
  }
  return settings === undefined ? { policy } : { policy, settings };
}

/** Null for what is no JSON object. */
function objectIn(text: string): { readonly [name: string]: JsonValue } | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}
