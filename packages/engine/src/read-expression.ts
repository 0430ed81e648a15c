/** Reads expressions and conditions from unknown JSON (P7). */
import {
  inside,
  readFields,
  readInteger,
  readJson,
  readList,
  readMembers,
  readName,
  readOneOf,
  readRecord,
  readText,
  type Spot,
} from "./definition-reader.ts";
import type { Condition, Expression, Path } from "./workflow-definition.ts";

const operators = ["eq", "ne", "lt", "le", "gt", "ge", "in", "exists", "and", "or", "not"] as const;
const expressionKinds = ["const", "input", "item", "index", "step", "settled", "object", "array"] as const;

export function readExpression(value: unknown, at: Spot): Expression {
  const { kind: given } = readRecord(value, at);
  const kind = readOneOf(given, inside(at, "kind"), expressionKinds);
  switch (kind) {
    case "const":
      return { kind, value: readJson(readFields(value, at, ["kind", "value"]).value, inside(at, "value")) };
    case "input":
      return { kind, path: readPath(readFields(value, at, ["kind", "path"]).path, at) };
    case "item": {
      const { of, path } = readFields(value, at, ["kind", "of", "path"]);
      return { kind, of: readName(of, inside(at, "of")), path: readPath(path, at) };
    }
    case "index":
      return { kind, of: readName(readFields(value, at, ["kind", "of"]).of, inside(at, "of")) };
    case "step": {
      const { step, path } = readFields(value, at, ["kind", "step", "path"]);
      return { kind, step: readName(step, inside(at, "step")), path: readPath(path, at) };
    }
    case "settled": {
      const fields = readFields(value, at, ["kind", "step", "path"]);
      const path = readPath(fields.path, at);
      // Plans of before there were such paths have none, and keep their hashes.
      return {
        kind,
        step: readName(fields.step, inside(at, "step")),
        ...(path.length === 0 ? {} : { path }),
      };
    }
    case "object": {
      const fields = readRecord(readFields(value, at, ["kind", "fields"]).fields, inside(at, "fields"));
      return { kind, fields: readMembers(fields, at, readExpression) };
    }
    case "array":
      return { kind, items: readList(readFields(value, at, ["kind", "items"]).items, at, readExpression) };
  }
}

export function readCondition(value: unknown, at: Spot): Condition {
  const op = readOneOf(readRecord(value, at)["op"], inside(at, "op"), operators);
  switch (op) {
    case "exists":
      return { op, value: readExpression(readFields(value, at, ["op", "value"]).value, inside(at, "value")) };
    case "and":
    case "or":
      return {
        op,
        all: readList(readFields(value, at, ["op", "all"]).all, inside(at, "all"), readCondition),
      };
    case "not": {
      const { condition } = readFields(value, at, ["op", "condition"]);
      return { op, condition: readCondition(condition, inside(at, "condition")) };
    }
    default: {
      const { left, right } = readFields(value, at, ["op", "left", "right"]);
      return {
        op,
        left: readExpression(left, inside(at, "left")),
        right: readExpression(right, inside(at, "right")),
      };
    }
  }
}

function readPath(value: unknown, at: Spot): Path {
  return readList(value ?? [], inside(at, "path"), (segment, spot) =>
    typeof segment === "number"
      ? readInteger(segment, spot, 0, Number.MAX_SAFE_INTEGER)
      : readText(segment, spot),
  );
}
