/** Whether the texts that say when something fires can be understood: cron text, time zone, bounds. */
import { Cron } from "croner";
import { z } from "zod";

/** Names alone: a fixed offset such as `+01:00` is hardly what anybody means by a zone. */
const zoneForm = /^[A-Za-z][A-Za-z0-9_+/-]{0,99}$/;
const cronExample = 'an example is "30 16 * * MON-FRI": minute, hour, day of month, month, day of week';
const boundExamples = 'examples are "2026-01-02" and "2026-01-02T09:00:00Z"';

/** Five fields, six with seconds first, or a word such as `@daily`; of days that there are. */
export const cronText = z
  .string({ error: `is a cron text; ${cronExample}` })
  .max(200)
  .superRefine((text, context) => {
    const problem = cronProblem(text);
    if (problem !== null)
      context.addIssue({ code: "custom", message: `${problem}; ${cronExample}`, input: text });
  });

/** An IANA name. */
export const timeZone = z
  .string({ error: 'is the name of a time zone; an example is "America/New_York"' })
  .refine(isTimeZone, { error: 'there is no such time zone; an example is "America/New_York"' });

/** A calendar day, or a moment with its offset from UTC. */
export const bound = z.union([z.iso.date(), z.iso.datetime({ offset: true })], {
  error: `it is no day and no moment with its offset; ${boundExamples}`,
});

function cronProblem(text: string): string | null {
  // Croner takes a text with a colon for a date.
  if (text.includes(":")) return "it is no cron text";
  try {
    // As the scheduler reads it.
    const cron = new Cron(text, { mode: "5-or-6-parts", fixedTimeRule: "no-wildcard", timezone: "UTC" });
    return cron.nextRun(new Date(0)) === null ? "there is no such day, so it never fires" : null;
  } catch (thrown) {
    return String(thrown).replace(/^\w*Error: (CronPattern: )?/, "");
  }
}

function isTimeZone(text: string): boolean {
  if (!zoneForm.test(text)) return false;
  try {
    new Intl.DateTimeFormat("en-US", { timeZone: text });
    return true;
  } catch {
    return false;
  }
}
