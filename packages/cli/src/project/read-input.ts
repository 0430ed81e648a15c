/**
 * Reads a run's input as it is given on the command line: JSON, `@file`, or `-` for standard input. It is read without
 * trust (P7): its size is limited, and what is no JSON is refused with the place.
 */
import { open } from "node:fs/promises";
import type { Readable } from "node:stream";
import { MycroftError } from "@mycroft/errors";
import { limits } from "@mycroft/protocol";
import { printable } from "../text/printable.ts";

/**
 * @throws {MycroftError} USAGE for text on the command line that is no JSON; INPUT_INVALID for a file or standard input
 *   that cannot be read, is no UTF-8 or no JSON, or for a number that JSON can spell and nothing can hold (1e999);
 *   LIMIT_EXCEEDED for more than `outputBytes`.
 */
export async function readInput(given: string, standardInput: Readable = process.stdin): Promise<unknown> {
  if (given === "-")
    return parse(await readAll(standardInput, "Standard input"), "Standard input", "INPUT_INVALID");
  if (given.startsWith("@")) {
    const file = given.slice(1);
    return parse(await readFile(file), file, "INPUT_INVALID");
  }
  return parse(given, "--input", "USAGE");
}

async function readFile(file: string): Promise<string> {
  try {
    const handle = await open(file);
    try {
      if (!(await handle.stat()).isFile()) throw new MycroftError("INPUT_INVALID", `${file} is not a file.`);
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

function parse(text: string, name: string, code: "USAGE" | "INPUT_INVALID"): unknown {
  try {
    return JSON.parse(text, (key, value) => checkNumber(key, value, name));
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

function checkNumber(key: string, value: unknown, name: string): unknown {
  if (typeof value !== "number" || Number.isFinite(value)) return value;
  const message = `${name}, field ${JSON.stringify(key)}: the number is too large.`;
  throw new MycroftError("INPUT_INVALID", message, { details: { input: name, field: key } });
}
