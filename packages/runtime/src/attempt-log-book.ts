/**
 * What one attempt writes to its log, within limits (P8): the first lines and the last ones are kept, and between them it is
 * counted what was left out. Nothing that is written makes the attempt fail.
 */
import type { AttemptLog, LogLine } from "@mycroft/engine";

export const logLimits = {
  /** Lines at the beginning, and as many at the end. */
  lines: 100,
  /** Characters at the beginning, and as many at the end; fields count as JSON. */
  characters: 32_000,
  /** Characters of a message. */
  message: 2_000,
  /** Characters of the fields of a line, as JSON. */
  fields: 2_000,
} as const;

interface Kept {
  readonly line: LogLine;
  readonly size: number;
}

export class AttemptLogBook {
  readonly #first: LogLine[] = [];
  #firstSize = 0;
  #isFirstFull = false;
  readonly #last: Kept[] = [];
  /** Before it, what was in `#last` has been left out. */
  #lastFrom = 0;
  #lastSize = 0;
  #leftOut = 0;

  write(given: LogLine): void {
    const { line, size } = shortened(given);
    this.#isFirstFull ||=
      this.#first.length === logLimits.lines || this.#firstSize + size > logLimits.characters;
    if (this.#isFirstFull) this.#writeLast({ line, size });
    else {
      this.#first.push(line);
      this.#firstSize += size;
    }
  }

  /** What goes on record. */
  get record(): AttemptLog {
    const first = [...this.#first];
    const last = this.#last.slice(this.#lastFrom).map(({ line }) => line);
    const lines = [...first, ...last];
    return this.#leftOut === 0 ? { lines } : { lines, leftOut: { at: first.length, count: this.#leftOut } };
  }

  #writeLast(kept: Kept): void {
    this.#last.push(kept);
    this.#lastSize += kept.size;
    while (this.#last.length - this.#lastFrom > logLimits.lines || this.#lastSize > logLimits.characters) {
      this.#lastSize -= this.#last[this.#lastFrom]?.size ?? 0;
      this.#lastFrom += 1;
      this.#leftOut += 1;
    }
    // Now and then, so that leaving out a line costs next to nothing.
    if (this.#lastFrom <= logLimits.lines) return;
    this.#last.splice(0, this.#lastFrom);
    this.#lastFrom = 0;
  }
}

function shortened({ fields, ...given }: LogLine): Kept {
  const line = { ...given, message: messageOf(given.message) };
  if (fields === undefined) return { line, size: line.message.length };
  const size = JSON.stringify(fields).length;
  const kept = size > logLimits.fields ? { leftOut: `${size} characters of fields` } : fields;
  return { line: { ...line, fields: kept }, size: line.message.length + Math.min(size, logLimits.fields) };
}

function messageOf(given: string): string {
  if (given.length <= logLimits.message) return given.toWellFormed();
  const note = ` ... (${given.length} characters in all)`;
  return `${given.slice(0, logLimits.message - note.length).toWellFormed()}${note}`;
}
