import { messagesContract } from "@mycroft/runtime/contracts";
import { InProcessBus } from "./in-process-bus.ts";

messagesContract({
  name: "in process",
  open: async () => {
    const bus = new InProcessBus();
    return { buses: [bus, bus], dispose: () => bus.close() };
  },
});
