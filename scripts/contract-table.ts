/**
 * Which implementation passes which contract, as one table. A suite named "CONTRACT contract: IMPLEMENTATION" gives the
 * row and the column, wherever it stands; what follows a comma in the name is a variant of the same implementation.
 */
import type { TestEvent } from "node:test/reporters";

interface Cell {
  passed: number;
  failed: number;
  skipped: number;
}

interface Place {
  readonly contract: string;
  readonly implementation: string;
}

const suiteName = /^(?<contract>\S.*?) contract: (?<implementation>[^,]+)/;

export class ContractTable {
  /** Names of the suites around what is told of, and its own. */
  #names: readonly string[] = [];
  readonly #rows = new Map<string, Map<string, Cell>>();

  /** Wants the runner's events in their order: one file after the other, and within it what stands around comes first. */
  note(event: TestEvent): void {
    if (event.type === "test:start") {
      this.#names = [...this.#names.slice(0, event.data.nesting), event.data.name];
    } else if (event.type === "test:pass" || event.type === "test:fail") {
      const place = placeIn(this.#names.slice(0, event.data.nesting + 1));
      if (place !== undefined) count(event, this.#cell(place));
    }
  }

  /** A line for each contract below one that names the implementations; none when no contract was tested. */
  lines(): readonly string[] {
    const contracts = [...this.#rows.keys()].toSorted();
    if (contracts.length === 0) return [];
    const columns = this.#implementations();
    const rows = contracts.map((contract) => [
      contract,
      ...columns.map((column) => cellText(this.#rows.get(contract)?.get(column))),
    ]);
    return aligned([["contract", ...columns], ...rows]);
  }

  #cell({ contract, implementation }: Place): Cell {
    const row = this.#rows.get(contract) ?? new Map<string, Cell>();
    this.#rows.set(contract, row);
    const cell = row.get(implementation) ?? { passed: 0, failed: 0, skipped: 0 };
    row.set(implementation, cell);
    return cell;
  }

  /** Those with most contracts first. */
  #implementations(): readonly string[] {
    const rows = [...this.#rows.values()];
    const names = [...new Set(rows.flatMap((row) => [...row.keys()]))];
    const contractsOf = (name: string): number => rows.filter((row) => row.has(name)).length;
    return names.toSorted((left, right) => contractsOf(right) - contractsOf(left) || (left < right ? -1 : 1));
  }
}

function placeIn(names: readonly string[]): Place | undefined {
  for (const name of names) {
    const { contract, implementation } = suiteName.exec(name)?.groups ?? {};
    if (contract !== undefined && implementation !== undefined) return { contract, implementation };
  }
  return undefined;
}

type Result = Extract<TestEvent, { readonly type: "test:pass" | "test:fail" }>;

function count({ type, data }: Result, cell: Cell): void {
  if (data.details.type === "suite") {
    // What failed or was skipped within a suite has been counted there; what failed around its tests has not.
    if (type === "test:fail" && failureOf(data.details) !== "subtestsFailed") cell.failed += 1;
    return;
  }
  if (isGiven(data.skip)) cell.skipped += 1;
  else if (type === "test:pass") cell.passed += 1;
  else if (!isGiven(data.todo)) cell.failed += 1;
}

function failureOf(details: object): unknown {
  const error = "error" in details ? details.error : undefined;
  return error instanceof Error && "failureType" in error ? error.failureType : undefined;
}

function isGiven(option: string | boolean | undefined): boolean {
  return option !== undefined && option !== false;
}

function cellText(cell: Cell | undefined): string {
  if (cell === undefined) return "";
  const { passed, failed, skipped } = cell;
  if (passed + failed + skipped === 0) return "not run";
  const parts = [`${passed} passed`];
  if (failed > 0) parts.push(`${failed} FAILED`);
  if (skipped > 0) parts.push(`${skipped} skipped`);
  return parts.join(", ");
}

function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("   ")
      .trimEnd(),
  );
}
