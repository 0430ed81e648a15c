/** Errors about a file's columns say what names are understood; on the command line there is an option, too, which names any column. */
import { MycroftError } from "@mycroft/errors";

/** By the column that an error is about. */
const advice = new Map(
  Object.entries({
    period: "`--period` names another one.",
    subject: "`--subject` names another one.",
    agent: "`--agent` names another one.",
    outcome: "`--outcome` names another one.",
    value: "`--value` names one, `--probabilities` several.",
    probabilities: "`--probabilities` names others.",
    observed: "`--observed` names the column, `--outcomes` another file that says it.",
  }),
);

/** @throws {MycroftError} what `read` throws, with the option that helps. */
export async function withColumnAdvice<Result>(read: () => Promise<Result>): Promise<Result> {
  try {
    return await read();
  } catch (thrown) {
    throw thrown instanceof MycroftError ? advised(thrown) : thrown;
  }
}

function advised(error: MycroftError): MycroftError {
  const { code, message, retryable, details } = error;
  const more = advice.get(String(details?.["column"] ?? ""));
  if (more === undefined || details === undefined) return error;
  return new MycroftError(code, `${message} ${more}`, { retryable, details, cause: error });
}
