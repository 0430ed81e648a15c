import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { MycroftError } from "@mycroft/errors";
import { Cron } from "croner";
import fc from "fast-check";
import { cronDialect, FiringTimes } from "./firing-times.ts";
import type { FiringRule, TradingCalendar } from "./schedule-definition.ts";

const msPerDay = 86_400_000;

function timesOf(rule: Partial<FiringRule> & { readonly cron: string }): FiringTimes {
  return new FiringTimes({ timeZone: "UTC", calendar: null, startAt: null, endAt: null, ...rule });
}

/** The firings from `from` to `until`, both included, as UTC minutes. */
function shown(rule: Partial<FiringRule> & { readonly cron: string }, from: string, until: string): string[] {
  const firings = timesOf(rule).between(Date.parse(from) - 1, Date.parse(until));
  return Array.from(firings, ({ at }) => new Date(at).toISOString().slice(5, 16).replace("T", " "));
}

const weekdays: TradingCalendar = {
  name: "weekdays",
  isTradingDay: (date) => ![0, 6].includes(new Date(`${date}T00:00:00Z`).getUTCDay()),
};

describe("daylight saving", () => {
  const newYork = "America/New_York";

  it("a time of day that does not exist fires once, at the next moment that does", () => {
    // Clocks go from 02:00 to 03:00 (07:00 UTC) on 10 March 2024.
    assert.deepEqual(
      shown({ cron: "30 2 * * *", timeZone: newYork }, "2024-03-09T00:00Z", "2024-03-12T00:00Z"),
      ["03-09 07:30", "03-10 07:00", "03-11 06:30"],
    );
    // From 01:00 to 02:00 (01:00 UTC) on 31 March 2024.
    assert.deepEqual(
      shown({ cron: "15 1 * * *", timeZone: "Europe/London" }, "2024-03-30T00:00Z", "2024-04-01T12:00Z"),
      ["03-30 01:15", "03-31 01:00", "04-01 00:15"],
    );
    // From 02:00 to 02:30 (15:30 UTC the day before) on 6 October 2024.
    assert.deepEqual(
      shown(
        { cron: "15 2 * * *", timeZone: "Australia/Lord_Howe" },
        "2024-10-04T12:00Z",
        "2024-10-06T23:00Z",
      ),
      ["10-04 15:45", "10-05 15:30", "10-06 15:15"],
    );
    assert.deepEqual(
      shown({ cron: "0,15,30 2-3 * * *", timeZone: newYork }, "2024-03-10T00:00Z", "2024-03-10T12:00Z"),
      ["03-10 07:00", "03-10 07:15", "03-10 07:30"],
      "those that fall on one moment fire once",
    );
  });

  it("a time of day that exists twice fires once, at the first", () => {
    // Clocks go from 02:00 back to 01:00 (06:00 UTC) on 3 November 2024.
    assert.deepEqual(
      shown({ cron: "30 1 * * *", timeZone: newYork }, "2024-11-02T00:00Z", "2024-11-05T00:00Z"),
      ["11-02 05:30", "11-03 05:30", "11-04 06:30"],
    );
    assert.deepEqual(
      shown({ cron: "30 1 * * *", timeZone: "Europe/London" }, "2024-10-26T00:00Z", "2024-10-29T00:00Z"),
      ["10-26 00:30", "10-27 00:30", "10-28 01:30"],
    );
    // From 02:00 back to 01:30 (15:00 UTC the day before) on 7 April 2024.
    assert.deepEqual(
      shown(
        { cron: "45 1 * * *", timeZone: "Australia/Lord_Howe" },
        "2024-04-05T12:00Z",
        "2024-04-07T23:00Z",
      ),
      ["04-05 14:45", "04-06 14:45", "04-07 15:15"],
    );
  });

  it("a rhythm leaves out what does not exist and keeps its beat where clocks are set back", () => {
    assert.deepEqual(
      shown({ cron: "0 * * * *", timeZone: newYork }, "2024-03-10T05:30Z", "2024-03-10T09:00Z"),
      ["03-10 06:00", "03-10 07:00", "03-10 08:00", "03-10 09:00"],
    );
    assert.deepEqual(
      shown({ cron: "*/30 1 * * *", timeZone: newYork }, "2024-11-03T00:00Z", "2024-11-04T00:00Z"),
      ["11-03 05:00", "11-03 05:30", "11-03 06:00", "11-03 06:30"],
    );
    assert.deepEqual(
      shown({ cron: "*/30 2 * * *", timeZone: newYork }, "2024-03-10T00:00Z", "2024-03-11T00:00Z"),
      [],
    );
  });

  it("UTC has none of it", () => {
    const firings = [...timesOf({ cron: "30 2 * * *" }).between(0, Date.UTC(1972, 0, 1))];
    assert.equal(firings.length, 730);
    assert.ok(firings.every(({ at }) => at % msPerDay === 150 * 60_000));
  });

  it("the date is the zone's, not UTC's", () => {
    const firing = timesOf({ cron: "0 20 * * *", timeZone: newYork }).next(Date.parse("2024-07-01T00:00Z"));
    assert.deepEqual(firing, { at: Date.parse("2024-07-01T00:00Z") + msPerDay, date: "2024-07-01" });
  });
});

describe("which days", () => {
  it("a calendar's days alone", () => {
    const days = shown({ cron: "0 9 * * *", calendar: weekdays }, "2024-03-01T00:00Z", "2024-03-05T00:00Z");
    assert.deepEqual(days, ["03-01 09:00", "03-04 09:00"]);
    const firings = timesOf({ cron: "* * * * * *", calendar: weekdays });
    assert.equal(firings.next(Date.parse("2024-03-01T23:59:59Z"))?.at, Date.parse("2024-03-04T00:00:00Z"));
  });

  it("a calendar and a cron text that never agree have no next firing, and say so soon", () => {
    assert.equal(timesOf({ cron: "* * * * * SAT", calendar: weekdays }).next(0), null);
  });

  it("bounds are included: whole days of the zone, or moments", () => {
    const rule = { cron: "0 */12 * * *", timeZone: "Asia/Tokyo" };
    const whole = { ...rule, startAt: "2024-03-01", endAt: "2024-03-02" };
    assert.deepEqual(shown(whole, "2024-01-01T00:00Z", "2025-01-01T00:00Z"), [
      "02-29 15:00",
      "03-01 03:00",
      "03-01 15:00",
      "03-02 03:00",
    ]);
    const moments = { ...rule, startAt: "2024-03-01T03:00:00Z", endAt: "2024-03-02T00:00:00+09:00" };
    assert.deepEqual(shown(moments, "2024-01-01T00:00Z", "2025-01-01T00:00Z"), [
      "03-01 03:00",
      "03-01 15:00",
    ]);
  });

  it("a range of centuries is walked lazily", () => {
    const firings = timesOf({ cron: "* * * * * *", timeZone: "America/New_York" }).between(
      0,
      32_000_000_000_000,
    );
    const [first] = [firings.next().value, firings.return()];
    assert.deepEqual(first, { at: 1_000, date: "1969-12-31" });
  });

  it("a day of February that is rare is found", () => {
    assert.equal(timesOf({ cron: "0 0 29 2 +MON" }).next(Date.UTC(2044, 2, 1))?.date, "2072-02-29");
  });
});

describe("P7 what is wrong is named", () => {
  const wrong: readonly (readonly [Partial<FiringRule> & { readonly cron: string }, string, RegExp])[] = [
    [{ cron: "" }, "cron", /cron "" is wrong: .* an example is "30 16/],
    [{ cron: "* * * *" }, "cron", /five, six/],
    [{ cron: "* * * * * * 2030" }, "cron", /5 or 6/],
    [{ cron: "60 * * * *" }, "cron", /Invalid value for minute: 60/],
    [{ cron: "0 0 * 1#2 *" }, "cron", /is wrong/],
    [{ cron: "0 0 30 2 *" }, "cron", /never fires/],
    [{ cron: "0 0 31 4,6,9,11 *" }, "cron", /never fires/],
    [{ cron: "2024-01-01T00:00:00" }, "cron", /no cron text/],
    [{ cron: `${"0,".repeat(5_000)}0 * * * *` }, "cron", /no cron text/],
    [{ cron: "@reboot" }, "cron", /not supported/],
    [{ cron: "@daily", timeZone: "Mars/Olympus" }, "timeZone", /no such time zone; an example/],
    [{ cron: "@daily", timeZone: "+01:00" }, "timeZone", /no such time zone/],
    [{ cron: "@daily", timeZone: "2024-01-01T00:00[UTC]" }, "timeZone", /no such time zone/],
    [{ cron: "@daily", startAt: "2024-02-30" }, "startAt", /no day/],
    [{ cron: "@daily", endAt: "tomorrow" }, "endAt", /no day/],
    [{ cron: "@daily", endAt: "2024-01-01T00:00" }, "endAt", /no moment/],
    [{ cron: "@daily", startAt: "2024-01-02", endAt: "2024-01-01" }, "endAt", /before startAt/],
  ];
  for (const [rule, field, message] of wrong) {
    it(`${field}: ${JSON.stringify(rule).slice(0, 60)}`, () => {
      assert.throws(
        () => timesOf(rule),
        (thrown: unknown) => {
          assert.ok(thrown instanceof MycroftError);
          assert.equal(thrown.code, "SCHEDULE_INVALID");
          assert.equal(thrown.details?.["field"], field);
          assert.match(thrown.message, message);
          return true;
        },
      );
    });
  }
});

describe("for any cron text, zone and range", () => {
  const restless = [
    ["UTC", 2024],
    ["America/New_York", 2024],
    ["Europe/London", 2024],
    ["Australia/Lord_Howe", 2024],
    // Clocks are set back at 00:01, so that a piece of the day before comes again.
    ["America/St_Johns", 2008],
    // A whole day is left out.
    ["Pacific/Apia", 2011],
    // Four changes a year.
    ["Africa/Casablanca", 2014],
    ["Africa/Cairo", 2010],
    // Changes at midnight.
    ["America/Sao_Paulo", 2018],
    ["America/Havana", 2024],
    ["Asia/Beirut", 2021],
    ["Antarctica/Troll", 2024],
  ] as const;
  const field = (low: number, high: number) =>
    fc.oneof(
      fc.constant("*"),
      fc.integer({ min: low, max: high }).map(String),
      fc
        .uniqueArray(fc.integer({ min: low, max: high }), { minLength: 2, maxLength: 4 })
        .map((list) => list.join()),
      fc.integer({ min: 2, max: high }).map((step) => `*/${step}`),
      fc
        .tuple(fc.integer({ min: low, max: high }), fc.integer({ min: low, max: high }))
        .map(([one, other]) => `${Math.min(one, other)}-${Math.max(one, other)}`),
    );
  const often = (usual: string, other: fc.Arbitrary<string>) =>
    fc.oneof({ arbitrary: fc.constant(usual), weight: 3 }, { arbitrary: other, weight: 1 });
  const cron = fc
    .tuple(
      field(0, 59),
      // Most clocks are changed in these hours.
      fc.oneof(field(0, 3), field(0, 23)),
      often("*", fc.oneof(field(1, 28), fc.constantFrom("L", "LW", "15W"))),
      often("*", field(1, 12)),
      often("*", fc.oneof(field(0, 6), fc.constantFrom("SUN", "MON-FRI", "FRI#2", "SUNL", "+MON"))),
    )
    .map((fields) => fields.join(" "));
  /** A moment in the days before a change of the zone's clocks, or anywhere in the year. */
  const start = fc
    .tuple(fc.constantFrom(...restless), fc.nat(3), fc.integer({ min: 0, max: 3 * 24 * 60 }))
    .map(([[timeZone, year], count, minutes]) => {
      let at = Temporal.PlainDate.from({ year, month: 1, day: 1 }).toZonedDateTime(timeZone);
      for (let change = 0; change < count; change += 1)
        at = at.getTimeZoneTransition("next") ?? at.add({ days: 40 });
      return { timeZone, after: at.epochMilliseconds - minutes * 60_000 };
    });
  const scene = fc.record({ cron, start, calendar: fc.constantFrom(null, weekdays) });
  const days = 4;
  const most = 200;

  it("they are what croner finds step by step, filtered by the calendar", () => {
    fc.assert(
      fc.property(scene, ({ cron, start: { timeZone, after }, calendar }) => {
        const times = timesOf({ cron, timeZone, calendar });
        const until = after + days * msPerDay;
        const expected: number[] = [];
        const croner = new Cron(cron, { ...cronDialect, timezone: timeZone });
        for (let next = croner.nextRun(new Date(after)); next !== null; next = croner.nextRun(next)) {
          if (next.getTime() > until || expected.length > most) break;
          if (calendar?.isTradingDay(times.dateAt(next.getTime())) ?? true) expected.push(next.getTime());
        }
        const found: number[] = [];
        for (const { at, date } of times.between(after, until)) {
          if (found.length > most) break;
          assert.equal(date, times.dateAt(at));
          found.push(at);
        }
        assert.deepEqual(found, expected);
      }),
      { numRuns: 150 },
    );
  });

  it("they strictly increase, are the same however the range is cut and in whichever direction it is walked", () => {
    fc.assert(
      fc.property(scene, fc.double({ min: 0, max: 1, noNaN: true }), ({ cron, start, calendar }, share) => {
        const { timeZone, after } = start;
        const times = timesOf({ cron, timeZone, calendar });
        const until = after + days * msPerDay;
        const whole = [...times.between(after, until)];
        assert.ok(whole.every(({ at }, index) => at > (whole[index - 1]?.at ?? after) && at <= until));
        const middle =
          whole[Math.floor(share * whole.length)]?.at ?? after + Math.floor(share * (until - after));
        assert.deepEqual([...times.between(after, middle), ...times.between(middle, until)], whole);
        assert.deepEqual([...times.backwards(after, until)].reverse(), whole);
        assert.deepEqual(times.next(after), whole[0] ?? times.next(until));
      }),
      { numRuns: 100 },
    );
  });

  it("none lies outside its bounds, and none inside is lost", () => {
    fc.assert(
      fc.property(scene, fc.nat(40), fc.nat(40), ({ cron, start }, one, other) => {
        const { timeZone, after: origin } = start;
        const from = origin + Math.min(one, other) * 3_600_000;
        const until = origin + Math.max(one, other) * 3_600_000;
        const startAt = new Date(from).toISOString();
        const endAt = new Date(until).toISOString();
        const bounded = timesOf({ cron, timeZone, startAt, endAt });
        const inside = [...timesOf({ cron, timeZone }).between(from - 1, until)];
        assert.deepEqual([...bounded.between(0, origin + 99 * msPerDay)], inside);
        assert.deepEqual([...bounded.backwards(0, origin + 99 * msPerDay)].reverse(), inside);
      }),
      { numRuns: 100 },
    );
  });
});
