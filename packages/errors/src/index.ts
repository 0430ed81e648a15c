export { type ErrorCode, type ErrorCodeEntry, errorCodes, isErrorCode } from "./error-codes.ts";
export {
  asMycroftError,
  type ErrorDetails,
  type ErrorRecord,
  MycroftError,
  type MycroftErrorOptions,
} from "./mycroft-error.ts";
