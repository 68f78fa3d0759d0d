import { files } from "./files.ts";
import type { Session } from "./rows.ts";

export const events: readonly Session[] = [
  {
    name: "events",
    files,
    rows: [
      "qemu-monitor-event --timeout 1",
      { line: "event --list", differs: "newer kinds" },
      "event --event nosuch",
      "event",
      "event --all --event lifecycle",
      "event --all --timeout 1",
      "event --event lifecycle --timeout 1",
      "event test lifecycle --timeout 1 --timestamp",
      "event nosuch lifecycle",
      "event --event lifecycle --timeout 0",
      { line: "net-event --list", differs: "newer kinds" },
      "net-event",
      "net-event --event nosuch",
      "net-event --event lifecycle --timeout 1",
      "pool-event --list",
      "pool-event --event lifecycle --timeout 1",
      "nodedev-event --list",
      "nodedev-event --event lifecycle --timeout 1",
      "secret-event --list",
      "secret-event --event lifecycle --timeout 1",
    ],
  },
];
