export { checkFile, unreadableFile } from "./check-file.ts";
export { isMalformedText, separatorHint } from "./doubtful-text.ts";
export { type CsvRow, readCsv } from "./read-csv.ts";
