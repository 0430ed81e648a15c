/**
 * Thins out the events of Node's test runner for its own reporter `spec`: a line for each file, failures in full, the
 * contracts and the counts last, with what was not tested for want of a server. A file that holds no test fails here;
 * Node would count it as one test that passed.
 */
import { relative } from "node:path";
import type { TestEvent } from "node:test/reporters";
import { ContractTable } from "./contract-table.ts";
import { SkippedSuites } from "./servers/skipped-suites.ts";

export type Verdict = (passed: boolean) => void;

/** @param decide is called once, when all tests have ended; it is never called for a run that broke off. */
export async function* conciseReport(
  events: AsyncIterable<TestEvent>,
  root: string,
  decide: Verdict,
): AsyncGenerator<TestEvent> {
  const counts: TestEvent[] = [];
  const emptyFiles: string[] = [];
  const contracts = new ContractTable();
  const skipped = new SkippedSuites();
  for await (const event of events) {
    contracts.note(event);
    skipped.note(event);
    switch (event.type) {
      case "test:stdout":
      case "test:stderr":
      case "test:log":
      case "test:interrupted":
      case "test:fail":
        yield event;
        break;
      case "test:pass": {
        const { file, name, nesting, skip } = event.data;
        if (nesting === 0 && name === file) emptyFiles.push(relative(root, file));
        if (skip !== undefined && skip !== false) yield line(`﹣ skipped: ${name} (${skip})`);
        break;
      }
      case "test:diagnostic":
        // Those of the whole run are the counts; spec would print them above the failures.
        if (event.data.file === undefined) counts.push(event);
        else yield event;
        break;
      case "test:summary": {
        const { file, success, counts: found, duration_ms: durationMs } = event.data;
        if (file === undefined) {
          yield event;
          for (const empty of emptyFiles) yield line(`✖ ${empty} holds no test`);
          for (const text of surrounded(contracts.lines())) yield line(text);
          yield* counts;
          for (const text of surrounded(skipped.lines())) yield line(text);
          decide(success && emptyFiles.length === 0);
        } else {
          const mark = success ? "✔" : "✖";
          yield line(`${mark} ${relative(root, file)} (${found.tests} tests, ${Math.round(durationMs)} ms)`);
        }
        break;
      }
    }
  }
}

/** With an empty line before and after, unless there are none. */
function surrounded(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ["", ...lines, ""];
}

/** A line of our own: it travels as a test's output, which `spec` prints as it is. */
function line(message: string): TestEvent {
  return { type: "test:stdout", data: { file: "", message: `${message}\n` } };
}
