import { files } from "./files.ts";
import type { Session } from "./rows.ts";

export const networks: readonly Session[] = [
  {
    name: "networks",
    files,
    rows: [
      "net-list",
      "net-list --all",
      "net-list --all --uuid",
      "net-list --name",
      "net-list --name --uuid",
      "net-list --inactive",
      "net-info default",
      "net-dumpxml default",
      "net-dhcp-leases default",
      "net-dhcp-leases default --mac aa:bb:cc:dd:ee:ff",
      "net-define nosuch.xml",
      "net-uuid default",
      "net-name dd8fe884-6c02-601e-7551-cca97df1c5df",
      "net-name default",
      "net-edit default",
      "net-update default add ip-dhcp-host \"<host mac='00:11:22:33:44:55' ip='192.168.122.5'/>\" --live",
      {
        line: "net-update default add ip-dhcp-host \"<host mac='00:11:22:33:44:55' ip='192.168.122.5'/>\" --live --config",
        differs: "the absent name in the text",
      },
      "net-update default nosuch ip-dhcp-host x",
      "net-update default add nosuch x",
      "net-port-list default",
      "net-port-dumpxml default x",
    ],
  },
  {
    name: "networks: net-autostart default",
    files,
    rows: ["net-autostart default", "net-info default", "net-autostart default --disable"],
  },
  {
    name: "networks: net-destroy default",
    files,
    rows: [
      "net-destroy default",
      "net-list --all",
      "net-start default",
      "net-undefine default",
      "net-list --all",
    ],
  },
  {
    name: "networks: net-define n2.xml",
    files,
    rows: ["net-define n2.xml", "net-start n2", "net-list --all", "net-destroy n2", "net-undefine n2"],
  },
  {
    name: "networks: net-create n2.xml",
    files,
    rows: ["net-create n2.xml", "net-info n2"],
  },
  {
    name: "networks: net-port-create default port.xml",
    files,
    rows: ["net-port-create default port.xml", "net-port-list default", "net-port-list default --uuid"],
  },
];
