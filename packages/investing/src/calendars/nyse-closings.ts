/**
 * The days on which the New York Stock Exchange was closed all day though no rule says so. Source: the exchange's own list
 * "Special Closings" (1885 to 2017) and its announcements of 2018 and 2025. A closing that comes without warning has to be
 * added here; until then, a schedule fires on that day.
 */
export const nyseClosings: ReadonlyMap<string, string> = new Map([
  ["1972-12-28", "funeral of Harry S. Truman"],
  ["1973-01-25", "funeral of Lyndon B. Johnson"],
  ["1977-07-14", "blackout of New York City"],
  ["1985-09-27", "hurricane Gloria"],
  ["1994-04-27", "funeral of Richard M. Nixon"],
  ["2001-09-11", "attack on the World Trade Center"],
  ["2001-09-12", "attack on the World Trade Center"],
  ["2001-09-13", "attack on the World Trade Center"],
  ["2001-09-14", "attack on the World Trade Center"],
  ["2004-06-11", "mourning for Ronald W. Reagan"],
  ["2007-01-02", "mourning for Gerald R. Ford"],
  ["2012-10-29", "hurricane Sandy"],
  ["2012-10-30", "hurricane Sandy"],
  ["2018-12-05", "mourning for George H. W. Bush"],
  ["2025-01-09", "mourning for James E. Carter"],
]);
