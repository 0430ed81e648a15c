/** What a schema holds, as the server's catalogue says, in a form that is the same for equal schemas of any name. */
import type { PostgresServer } from "./postgres-server.ts";

const questions: Readonly<Record<string, string>> = {
  tables: `
    SELECT relname, relkind, relpersistence, reloptions FROM pg_class
    WHERE relnamespace = $1::regnamespace ORDER BY relname`,
  columns: `
    SELECT relname, attname, attnum, format_type(atttypid, atttypmod) AS type, attnotnull, collname, attstorage,
      pg_get_expr(adbin, adrelid) AS value
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
      LEFT JOIN pg_collation ON pg_collation.oid = attcollation
      LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
    WHERE relnamespace = $1::regnamespace AND relkind = 'r' AND attnum > 0 AND NOT attisdropped
    ORDER BY relname, attnum`,
  constraints: `
    SELECT conrelid::regclass::text AS on_table, conname, contype, pg_get_constraintdef(oid) AS definition
    FROM pg_constraint WHERE connamespace = $1::regnamespace ORDER BY conname`,
  indices: `
    SELECT relname, indisunique, indisvalid, pg_get_indexdef(pg_class.oid) AS definition
    FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
    WHERE relnamespace = $1::regnamespace ORDER BY relname`,
  sequences: `
    SELECT sequencename, data_type::text, start_value, min_value, max_value, increment_by, cycle, cache_size
    FROM pg_sequences WHERE schemaname = $1 ORDER BY sequencename`,
  functions: `
    SELECT proname, pg_get_functiondef(oid) AS definition
    FROM pg_proc WHERE pronamespace = $1::regnamespace ORDER BY proname`,
  triggers: `
    SELECT pg_get_triggerdef(pg_trigger.oid) AS definition FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
    WHERE relnamespace = $1::regnamespace AND NOT tgisinternal ORDER BY tgname`,
};

export async function describeSchema(server: PostgresServer, schema: string): Promise<object> {
  const description: Record<string, unknown> = {};
  for (const [what, question] of Object.entries(questions)) {
    const text = JSON.stringify(await server.query(question, [schema]));
    // How the body of a function is indented makes no difference.
    const plain = text.replaceAll(`${schema}.`, "").replaceAll(/(\\n| )+/g, " ");
    description[what] = JSON.parse(plain) as unknown;
  }
  return description;
}
