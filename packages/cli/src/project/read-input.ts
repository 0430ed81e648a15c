/**
 * Reads a run's input as it is given on the command line: JSON, `@file`, or `-` for standard input. It is read without
 * trust (P7): its size is limited, and what is no JSON is refused with the place.
 */
import { open, stat } from "node:fs/promises";
import type { Readable } from "node:stream";
import { MycroftError } from "@mycroft/errors";
import { limits } from "@mycroft/protocol";
import { printable, shortened } from "@mycroft/record/text";

export interface InputSource {
  /** The option that it is given with: `--input` unless given. */
  readonly name?: string;
  readonly standardInput?: Readable;
}

/**
 * @throws {MycroftError} USAGE for text on the command line that is no JSON; INPUT_INVALID for a file or standard input
 *   that cannot be read, is no UTF-8 or no JSON, or for a number that JSON can spell and nothing can hold (1e999);
 *   LIMIT_EXCEEDED for more than `outputBytes` or `inputDepth`.
 */
export async function readInput(given: string, source: InputSource = {}): Promise<unknown> {
  const { name = "--input", standardInput = process.stdin } = source;
  if (given === "-")
    return parse(await readAll(standardInput, "Standard input"), "Standard input", "INPUT_INVALID");
  if (given.startsWith("@")) {
    const file = given.slice(1);
    return parse(await readFile(file), file, "INPUT_INVALID");
  }
  return parse(given, name, "USAGE");
}

async function readFile(file: string): Promise<string> {
  try {
    // Opening a pipe that nobody writes to would never end.
    if (!(await stat(file)).isFile()) throw new MycroftError("INPUT_INVALID", `${file} is not a file.`);
    const handle = await open(file);
    try {
      return await readAll(handle.createReadStream(), file);
    } finally {
      await handle.close();
    }
  } catch (thrown) {
    if (thrown instanceof MycroftError) throw thrown;
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw new MycroftError("INPUT_INVALID", `The input file ${file} cannot be read: ${why}.`, {
      details: { file },
      cause: thrown,
    });
  }
}

async function readAll(stream: Readable, name: string): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    const buffer = Buffer.from(chunk);
    bytes += buffer.length;
    if (bytes > limits.outputBytes) {
      throw new MycroftError(
        "LIMIT_EXCEEDED",
        `${name} has more than the ${limits.outputBytes} bytes that an input may have (limit outputBytes).`,
        { details: { file: name, limit: "outputBytes", max: limits.outputBytes } },
      );
    }
    chunks.push(buffer);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
  } catch (cause) {
    throw new MycroftError("INPUT_INVALID", `${name} is not valid UTF-8.`, {
      details: { file: name },
      cause,
    });
  }
}

/** With the third argument, which TypeScript's library does not know yet: the value as it is written. */
type Reviver = (key: string, value: unknown, context?: { readonly source?: string }) => unknown;

function parse(text: string, name: string, code: "USAGE" | "INPUT_INVALID"): unknown {
  checkDepth(text, name);
  try {
    const check: Reviver = (key, value, context) => checkNumber(key, value, context?.source ?? "", name);
    return JSON.parse(text, check);
  } catch (cause) {
    if (cause instanceof MycroftError) throw cause;
    const why = cause instanceof Error ? printable(cause.message) : "";
    throw new MycroftError(
      code,
      `${name} is not JSON: ${why}. (JSON has no NaN, no comments, no single quotes.)`,
      {
        details: { input: name },
        cause,
      },
    );
  }
}

/** Before it is parsed: whoever walks a value that is nested without end runs out of stack. */
function checkDepth(text: string, name: string): void {
  let depth = 0;
  let isInString = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') isInString = !isInString;
    else if (isInString) at += character === "\\" ? 1 : 0;
    else if (character === "[" || character === "{") depth += 1;
    else if (character === "]" || character === "}") depth -= 1;
    if (depth <= limits.inputDepth) continue;
    throw new MycroftError(
      "LIMIT_EXCEEDED",
      `${name} is nested deeper than the ${limits.inputDepth} levels that an input may have (limit inputDepth).`,
      { details: { input: name, limit: "inputDepth", max: limits.inputDepth } },
    );
  }
}

function checkNumber(key: string, value: unknown, source: string, name: string): unknown {
  if (typeof value !== "number" || Number.isFinite(value)) return value;
  const number = shortened(source, 40);
  const message = `${name}, field ${JSON.stringify(key)}: the number ${number} is too large; the largest is ${Number.MAX_VALUE}.`;
  const details = { input: name, field: key, value: number, limit: Number.MAX_VALUE };
  throw new MycroftError("INPUT_INVALID", message, { details });
}
