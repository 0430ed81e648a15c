/** Writes a report in one go: beside its place first, so that what stands there is whole whenever somebody looks. */
import { rename, rm, writeFile } from "node:fs/promises";
import { asMycroftError, MycroftError } from "@mycroft/errors";

/** @throws {MycroftError} PROJECT_UNWRITABLE. */
export async function writeReport(path: string, content: string): Promise<void> {
  const draft = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(draft, content);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw new MycroftError(
      "PROJECT_UNWRITABLE",
      `The report ${path} cannot be written: ${asMycroftError(error).message}.`,
      { details: { file: path }, cause: error },
    );
  }
}
