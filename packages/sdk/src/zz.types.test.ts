import { z } from "zod";
import { at, defineFunction, optional, workflow, type Ref, type JsonValue, type RefTo, type Workflow } from "./index.ts";
const Node = z.object({ name: z.string(), get children() { return z.array(Node); } });
const f = defineFunction({ name: "f", version: "1", input: z.object({ any: z.json(), unk: z.unknown(), n: Node, l: z.looseObject({ a: z.string() }), t: z.tuple([z.string(), z.number()]), r: z.record(z.string(), z.number()), u: z.discriminatedUnion("k", [z.object({ k: z.literal("a"), x: z.number() }), z.object({ k: z.literal("b"), y: z.string() })]) }),
  output: z.object({ j: z.json(), n: Node, r: z.record(z.string(), z.number()), l: z.looseObject({ a: z.string() }), br: z.string().brand<"B">() }), run: () => ({ j: 1, n: { name: "x", children: [] }, r: {}, l: { a: "" }, br: "x" as never }) });
export function test() {
  return workflow({ name: "x", input: z.object({ n: z.number(), b: z.string().brand<"B">(), who: z.any() }) }, (w) => {
    const one = w.call("f", f, { any: { deep: [w.input.n, { x: 1 }] }, unk: [w.input.b], n: { name: w.input.b, children: [] }, l: { a: w.input.b, more: w.input.n }, t: ["a", w.input.n], r: { a: w.input.n, b: 1 }, u: { k: "a", x: w.input.n } });
    const two = w.call("f2", f, { any: one.j, unk: one, n: one.n, l: one.l, t: ["a", 3], r: one.r, u: { k: "b", y: one.l.a } });
    const c: RefTo<string> = one.n.name;
    const d: RefTo<number | undefined> = at(one.r, "AAPL");
    const e: RefTo<string | undefined> = at(one.n.children, 0).name;
    const br: RefTo<string & z.$brand<"B">> = one.br;
    const o: RefTo<string|undefined> = optional(one).n.name;
    void [c, d, e, two, br, o, w.input.who];
    return { one, c };
  });
}
export type J = Ref<JsonValue>;
type Out = ReturnType<typeof test> extends Workflow<unknown, infer O> ? O : never;
export const c: Out["one"]["n"]["children"][0] = { name: "", children: [] };
