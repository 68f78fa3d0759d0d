import { files } from "./files.ts";
import type { Session } from "./rows.ts";

export const others: readonly Session[] = [
  {
    name: "others",
    files,
    rows: [
      { line: "secret-list", differs: "9.0 falls back to a call from before 0.10.2" },
      "secret-define x",
      "secret-dumpxml x",
      "secret-set-value x --base64 y",
      "secret-get-value 6695eb01-f6a4-8304-79aa-97f2502e193f",
      { line: "nwfilter-list", differs: "the same, for filters" },
      "nwfilter-binding-list",
      "nwfilter-dumpxml x",
    ],
  },
];
