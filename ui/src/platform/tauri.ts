import { Channel, invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import type { Failure, OpenDocument } from "../contract/gen";
import type { Host } from "./host";

/** Functions among the arguments become channels: the host reports through them while a command runs. */
function withChannels(takes: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(takes).map(([name, value]) => {
      if (typeof value !== "function") return [name, value];
      const channel = new Channel<unknown>();
      channel.onmessage = value as (message: unknown) => void;
      return [name, channel];
    }),
  );
}

/** The desktop program. */
export const tauriHost: Host = {
  call: (name, takes) => invoke(name, withChannels(takes)),
  onDocument(opened, refused) {
    const stops = [
      listen<OpenDocument>("document-opened", (event) => opened(event.payload)),
      listen<Failure>("document-refused", (event) => refused(event.payload)),
    ];
    return () => {
      for (const stop of stops) void stop.then((end) => end());
    };
  },
};
