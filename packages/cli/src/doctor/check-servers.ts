/** Whether the servers of the settings can be reached, belong together, and somebody works there. */
import { asMycroftError, type MycroftError } from "@mycroft/errors";
import { openClusterStore } from "../host/cluster-store.ts";
import { findLacking } from "../host/follow-in-cluster.ts";
import { type ClusterSettings, clusterText } from "../project/host-settings.ts";
import type { Finding } from "./finding.ts";

export async function checkServers(settings: ClusterSettings): Promise<readonly Finding[]> {
  const { findings, identity } = await checkStore(settings);
  return [...findings, ...(await checkRedis(settings, identity))];
}

async function checkStore(
  settings: ClusterSettings,
): Promise<{ readonly findings: readonly Finding[]; readonly identity: string | null }> {
  const topic = "Store";
  const where = clusterText(settings);
  try {
    const { findIdentity } = await import("@mycroft/distributed");
    const { store, clock, close } = await openClusterStore(settings, { readOnly: true });
    try {
      const identity = await findIdentity(store);
      const found: Finding = { topic, status: "ok", text: `${where} answers${offsetText(clock.offsetMs)}` };
      const processes = await store.listProcesses();
      const count = (kind: string) => processes.filter((one) => one.kind === kind).length;
      const text = `orchestrators alive: ${count("orchestrator")}, workers: ${count("worker")}`;
      const lacking = await findLacking(store);
      const hint = `Without one, runs do not go on: \`mycroft ${lacking}\` starts one.`;
      const who: Finding =
        lacking === null
          ? { topic: "Processes", status: "ok", text }
          : { topic: "Processes", status: "warn", text, hint };
      return { findings: [found, who], identity };
    } finally {
      await close();
    }
  } catch (thrown) {
    const error = asMycroftError(thrown);
    // A store that nobody has made yet is made by the first process.
    const finding: Finding =
      error.code === "NOT_FOUND"
        ? { topic, status: "ok", text: `${where} answers; the first process makes the store` }
        : failed(topic, error);
    return { findings: [finding], identity: null };
  }
}

async function checkRedis(
  { queue, bus, name }: ClusterSettings,
  identity: string | null,
): Promise<readonly Finding[]> {
  if (queue === null) {
    const hint = "Set --queue, MYCROFT_QUEUE or host.queue to redis://USER:PASSWORD@HOST:6379/0.";
    const text = "none is set: runs can be looked at, started and steered from here, and not executed";
    return [{ topic: "Queue", status: "warn", text, hint }];
  }
  const servers =
    bus === null || bus === queue
      ? [["Queue", queue]]
      : [
          ["Queue", queue],
          ["Bus", bus],
        ];
  const found: Finding[] = [];
  for (const [topic = "", url = ""] of servers) found.push(...(await checkOne(topic, url, name, identity)));
  return found;
}

async function checkOne(
  topic: string,
  url: string,
  cluster: string,
  identity: string | null,
): Promise<readonly Finding[]> {
  const { examineRedisServer } = await import("@mycroft/distributed");
  const warnings: MycroftError[] = [];
  try {
    const { address, owner } = await examineRedisServer({
      url,
      cluster,
      onWarning: (warning) => warnings.push(warning),
    });
    const unfit = warnings.map((warning): Finding => ({ topic, status: "warn", text: warning.message }));
    if (owner !== null && owner !== identity) {
      const text = `${address} works for another store under the cluster's name ${cluster}`;
      const hint =
        "Give one of the clusters another name (--cluster, MYCROFT_CLUSTER), or take another Redis.";
      return [{ topic, status: "fail", text, hint }, ...unfit];
    }
    return [{ topic, status: "ok", text: `${address} answers` }, ...unfit];
  } catch (thrown) {
    return [failed(topic, asMycroftError(thrown))];
  }
}

/** An offset that nobody would notice is not worth a word. */
function offsetText(offsetMs: number): string {
  const seconds = Math.round(offsetMs / 1_000);
  if (seconds === 0) return "";
  return `; this machine's clock is ${Math.abs(seconds)} s ${seconds > 0 ? "behind" : "ahead of"} it, which does no harm`;
}

function failed(topic: string, { code, message }: MycroftError): Finding {
  return { topic, status: "fail", text: `${code}: ${message}` };
}
