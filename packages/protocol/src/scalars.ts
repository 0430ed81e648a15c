/** The small values that all schemas share. */
import { z } from "zod";
import { limits } from "./limits.ts";

/** A calendar day, `YYYY-MM-DD`. As an `asOf` it means the end of that day. */
export const tradingDate = z.iso.date();

/** A ticker symbol such as `AAPL`, `BRK.B` or `^GSPC`. */
export const symbol = z
  .string()
  .max(limits.subjectLength)
  .regex(/^[A-Z0-9^][A-Z0-9.\-^=]*$/, "a symbol is upper-case letters, digits and . - ^ =");

/** The name of an agent, function, workflow or policy. */
export const entityName = z
  .string()
  .max(limits.nameLength)
  .regex(/^[A-Za-z][A-Za-z0-9._-]*$/, "a name starts with a letter and holds letters, digits and . _ -");
