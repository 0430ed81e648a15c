/**
 * Restate: one service with a handler for each shape, served over HTTP/2 from this process and called through the
 * server's ingress over kept connections.
 */
import { createServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { type Context, createEndpointHandler, RestatePromise, service } from "@restatedev/restate-sdk";
import { connect } from "@restatedev/restate-sdk-clients";
import { middleSteps, type Shape, type System, type SystemOptions, stepsPerRun } from "../system.ts";

export async function open({ ports, step }: SystemOptions): Promise<System> {
  const bench = benchService(step);
  const server = createServer(createEndpointHandler({ services: [bench], logger: () => {} }));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await register(ports["admin"] ?? 0, port);
  const client = connect({ url: `http://127.0.0.1:${ports["ingress"]}` }).serviceClient<typeof bench>(bench);
  return {
    async run(shape: Shape) {
      await client[shape]();
    },
    async close() {
      // The server holds its connection open until it is ended itself: there is nothing to wait for.
      server.close();
    },
  };
}

function benchService(step: () => void) {
  const work = async () => step();
  return service({
    name: "bench",
    handlers: {
      async chain(context: Context) {
        for (let index = 0; index < stepsPerRun; index += 1) await context.run(`step-${index}`, work);
      },
      async fan(context: Context) {
        await context.run("first", work);
        await RestatePromise.all(middleSteps.map((index) => context.run(`middle-${index}`, work)));
        await context.run("last", work);
      },
    },
  });
}

async function register(adminPort: number, port: number): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${adminPort}/deployments`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ uri: `http://127.0.0.1:${port}` }),
  });
  if (!answer.ok) throw new Error(`Restate refused the service: ${answer.status} ${await answer.text()}`);
}
