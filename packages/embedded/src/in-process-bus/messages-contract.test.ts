import { messagesContract } from "@mycroft/runtime/contracts";
import { InProcessBus } from "./in-process-bus.ts";

messagesContract({
  name: "memory",
  open: async () => {
    const bus = new InProcessBus();
    return { buses: [bus, bus], dispose: () => bus.close() };
  },
});
