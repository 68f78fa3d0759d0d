import { files } from "./files.ts";
import type { Session } from "./rows.ts";

export const interfaces: readonly Session[] = [
  {
    name: "interfaces",
    files,
    rows: [
      "iface-list",
      "iface-list --all",
      "iface-list --inactive",
      "iface-mac eth1",
      "iface-mac aa:bb:cc:dd:ee:ff",
      "iface-name aa:bb:cc:dd:ee:ff",
      "iface-name eth1",
      "iface-dumpxml eth1",
      "iface-edit eth1",
      "iface-bridge eth1 br5",
      "iface-unbridge br5",
      "iface-unbridge eth1",
    ],
  },
  {
    name: "interfaces: iface-define iface.xml",
    files,
    rows: [
      "iface-define iface.xml",
      "iface-list --all",
      "iface-start eth9",
      "iface-list",
      "iface-destroy eth9",
      "iface-undefine eth9",
    ],
  },
  {
    name: "interfaces: iface-begin",
    files,
    rows: ["iface-begin", "iface-begin", "iface-commit", "iface-rollback"],
  },
  {
    name: "interfaces: iface-begin",
    files,
    rows: ["iface-begin", "iface-rollback"],
  },
];
