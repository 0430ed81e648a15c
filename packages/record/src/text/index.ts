export { counted } from "./counted.ts";
export { briefly, type FoldLimits, inFull, jsonBrief, jsonLines } from "./json-lines.ts";
export { existing, nearestName, suggestion } from "./nearest-name.ts";
export { cut, escapeControls, printable, shortened } from "./printable.ts";
export { durationText, ownTimeZone, timeText, zonedTimeText } from "./time-text.ts";
