import { files } from "./files.ts";
import type { Session } from "./rows.ts";

export const saving: readonly Session[] = [
  {
    name: "saving",
    files,
    rows: [
      "managedsave test --running --paused",
      "save test /nosuch/x",
      "dump test core --live --crash",
      "dump test core --memory-only --format elf",
    ],
  },
  {
    name: "saving: managedsave test",
    files,
    rows: [
      "managedsave test",
      "list --all --managed-save",
      "dominfo test",
      "managedsave-dumpxml test",
      "managedsave-remove test",
      "managedsave-remove test",
      "start test",
    ],
  },
  {
    name: "saving: managedsave test",
    files,
    rows: ["managedsave test", "managedsave test", "managedsave-define test dom.xml", "start test"],
  },
  {
    name: "saving: save test sv",
    files,
    rows: [
      "save test sv",
      "list --all",
      "save-image-dumpxml sv",
      "save-image-define sv dom.xml",
      "save-image-edit sv",
      "restore sv",
      "restore /nosuch",
      "list",
    ],
  },
  {
    name: "saving: dump test core",
    files,
    rows: [
      "dump test core",
      "dump test core --memory-only --format nosuch",
      "dump test core --format kdump-zlib",
      "dump test /nosuch/x",
      "domstate test",
    ],
  },
  {
    name: "saving: dump test core --crash",
    files,
    rows: ["dump test core --crash", "domstate test --reason"],
  },
];
