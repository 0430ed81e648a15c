import type { ArrayValue } from "./binary-array.ts";

/** Part of the statement that writes a batch, under a name, with the columns that it is given as arrays. */
export interface BatchPart {
  readonly name: string;
  readonly types: readonly string[];
  readonly columns: readonly (readonly ArrayValue[])[];
  /** `given` is the list of arrays to unnest. */
  readonly sql: (given: string) => string;
}
