import { files } from "./files.ts";
import type { Session } from "./rows.ts";

export const hostDevices: readonly Session[] = [
  {
    name: "devices of host",
    files,
    rows: [
      {
        line: "nodedev-list",
        differs: "9.0 gives the test driver a flag it does not know; we ask again without it",
      },
      { line: "nodedev-list --tree", differs: "the same" },
      { line: "nodedev-list --cap pci,scsi_host", differs: "the same" },
      "nodedev-list --cap nosuch",
      "nodedev-list --tree --cap scsi_host",
      "nodedev-dumpxml computer",
      "nodedev-dumpxml x,y",
      "nodedev-info computer",
      "nodedev-detach computer",
      "nodedev-dettach computer",
      "nodedev-detach computer --driver vfio",
      "nodedev-reattach computer",
      "nodedev-reset computer",
      "nodedev-destroy scsi_host1",
      "nodedev-autostart computer",
      "nodedev-start computer",
      "nodedev-undefine computer",
    ],
  },
];
