/** Holds docs/errors.md to the one table of error codes: every code, its meaning word for word, and what to do about it. */
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { errorCodes } from "@mycroft/errors";
import { readText } from "./project-files.ts";

interface Entry {
  readonly retryable: boolean;
  readonly meaning: string;
  readonly cause: string;
  readonly advice: string;
}

const form = `
### CODE (retryable)

The meaning, as in packages/errors/src/error-codes.ts.

- Cause: what typically leads to it.
- What to do: the next step of the person who meets it.
`;

describe("docs/errors.md", () => {
  let entries: ReadonlyMap<string, Entry>;

  before(async () => {
    entries = readEntries(await readText("docs/errors.md"));
  });

  for (const [code, { meaning, retryable }] of Object.entries(errorCodes)) {
    test(`documents ${code}`, () => {
      const entry = entries.get(code);
      assert.ok(entry, `add an entry for ${code} to its group in docs/errors.md, in this form:\n${form}`);
      assert.equal(entry.meaning, meaning, `the meaning of ${code} has to be that of the table`);
      assert.equal(entry.retryable, retryable, `"(retryable)" after ${code} has to be as the table says`);
      assert.notEqual(entry.cause, "", `${code} needs a line "- Cause: ..."`);
      assert.notEqual(entry.advice, "", `${code} needs a line "- What to do: ..."`);
    });
  }

  test("documents no code that the table does not have", () => {
    assert.deepEqual(
      [...entries.keys()].filter((code) => !Object.hasOwn(errorCodes, code)),
      [],
    );
  });

  test("keeps the table's order, so that an entry is found where its code stands", () => {
    assert.deepEqual([...entries.keys()], Object.keys(errorCodes));
  });

  test("says something of its own about each code", () => {
    const causes = new Map([...entries].map(([code, { cause }]) => [cause, code]));
    assert.deepEqual([...causes.values()], [...entries.keys()]);
  });
});

function readEntries(document: string): ReadonlyMap<string, Entry> {
  const entries = new Map<string, Entry>();
  for (const section of document.split(/^### /m).slice(1)) {
    const [, code = "", mark] = /^(\w+)( \(retryable\))?\n/.exec(section) ?? [];
    assert.ok(
      !entries.has(code),
      `${code === "" ? section.split("\n")[0] : code} stands there twice, or is no code`,
    );
    // What follows is the next group, with its own introduction.
    const [body = ""] = section.slice(section.indexOf("\n")).split(/^## /m);
    entries.set(code, {
      retryable: mark !== undefined,
      meaning: flat(/^\s*([^-].*?)(?:\n\n|$)/s.exec(body)?.[1]),
      cause: flat(/\n- Cause: (.*?)(?:\n- |$)/s.exec(body)?.[1]),
      advice: flat(/\n- What to do: (.*?)(?:\n- |$)/s.exec(body)?.[1]),
    });
  }
  return entries;
}

function flat(text = ""): string {
  return text.replaceAll(/\s+/g, " ").trim();
}
