import { expect, test } from "vitest";
import { type LogLine, linesOf } from "./lines.ts";
import { PanicFinder } from "./panics.ts";

type Piece = [kind: number, time: number, data: string];

async function* pieces(list: readonly Piece[]) {
  for (const [kind, time, data] of list)
    yield { kind, time: BigInt(time), pos: { inode: 1n, offset: 0n }, data: Buffer.from(data, "latin1") };
}

test.each<[string, Piece[], [string, number, string][]]>([
  [
    "whole lines",
    [[0, 5, "a\nb\n"]],
    [
      ["line", 5, "a"],
      ["line", 5, "b"],
    ],
  ],
  [
    "a line in pieces has the time of its begin",
    [
      [0, 5, "a"],
      [0, 6, "b"],
      [0, 7, "c\nd\n"],
    ],
    [
      ["line", 5, "abc"],
      ["line", 7, "d"],
    ],
  ],
  [
    "carriage returns at the end go",
    [[0, 5, "a\r\nb\rc\r\n"]],
    [
      ["line", 5, "a"],
      ["line", 5, "b\rc"],
    ],
  ],
  [
    "empty lines stay",
    [[0, 5, "\n\na\n"]],
    [
      ["line", 5, ""],
      ["line", 5, ""],
      ["line", 5, "a"],
    ],
  ],
  [
    "marks end a line",
    [
      [0, 5, "a"],
      [1, 6, ""],
      [0, 6, "b\n"],
    ],
    [
      ["line", 5, "a"],
      ["session", 6, ""],
      ["line", 6, "b"],
    ],
  ],
  [
    "what is not ended comes last",
    [[0, 5, "a\nb"]],
    [
      ["line", 5, "a"],
      ["line", 5, "b"],
    ],
  ],
  ["no UTF-8", [[0, 5, "\xffa\n"]], [["line", 5, "\ufffda"]]],
])("lines: %s", async (_, list, expected) => {
  const found: [string, number, string][] = [];
  for await (const { kind, time, text } of linesOf(pieces(list))) found.push([kind, time.getTime(), text]);
  expect(found).toEqual(expected);
});

test("prompts are seen before their line ends", async () => {
  const found: [string, boolean][] = [];
  const list: Piece[] = [
    [0, 1, "vm log"],
    [0, 2, "in: "],
    [0, 3, "root\n"],
  ];
  for await (const { text, isWhole } of linesOf(pieces(list), { unfinished: true }))
    found.push([text, isWhole]);
  expect(found).toEqual([
    ["vm log", false],
    ["vm login: ", false],
    ["vm login: root", true],
  ]);
});

const oops = [
  "[ 1.0] BUG: kernel NULL pointer dereference, address: 0000000000000000",
  "[ 1.0] #PF: supervisor write access in kernel mode",
  "[ 1.0] Oops: 0002 [#1] PREEMPT SMP NOPTI",
  "[ 1.0] Call Trace:",
  "[ 1.0]  <TASK>",
  "[ 1.0] ---[ end trace 0000000000000000 ]---",
];
const panic = [
  "[ 2.0] Kernel panic - not syncing: Fatal exception",
  "[ 2.0] Kernel Offset: disabled",
  "[ 2.0] ---[ end Kernel panic - not syncing: Fatal exception ]---",
];
const quiet = Array.from({ length: 60 }, (_, index) => `all is well ${index}`);

test.each<[string, string[], [string, string, number][]]>([
  ["nothing", quiet, []],
  ["an oops", [...quiet, ...oops, ...quiet], [["linux-oops", oops[0] ?? "", 6]]],
  ["a panic", [...quiet, ...panic, ...quiet], [["linux-panic", panic[0] ?? "", 3]]],
  [
    "an oops that becomes a panic is one",
    [...oops, "[ 1.5] RIP: 0010", ...panic],
    [["linux-panic", panic[0] ?? "", 10]],
  ],
  ["an oops in the last lines", oops.slice(0, 4), [["linux-oops", oops[0] ?? "", 4]]],
  [
    "two oopses apart",
    [...oops, ...quiet, ...oops],
    [
      ["linux-oops", oops[0] ?? "", 6],
      ["linux-oops", oops[0] ?? "", 6],
    ],
  ],
  [
    "a firmware's assertion",
    ["ASSERT /build/edk2/MdePkg/Library/BaseLib/x.c(77): Buffer != NULL", "next"],
    [["uefi-assert", "ASSERT /build/edk2/MdePkg/Library/BaseLib/x.c(77): Buffer != NULL", 1]],
  ],
  [
    "a firmware's exception",
    [
      "!!!! X64 Exception Type - 0D(#GP - General Protection)  CPU Apic ID - 00000000 !!!!",
      "RIP  - 1",
      "!!!! Find image based on IP(0x1) x.dll",
      "later",
    ],
    [
      [
        "uefi-exception",
        "!!!! X64 Exception Type - 0D(#GP - General Protection)  CPU Apic ID - 00000000 !!!!",
        3,
      ],
    ],
  ],
  [
    "Windows",
    ["*** STOP: 0x0000007B (0xF78D2524,0xC0000034,0x00000000,0x00000000)", "more"],
    [["windows-stop", "*** STOP: 0x0000007B (0xF78D2524,0xC0000034,0x00000000,0x00000000)", 2]],
  ],
])("panics: %s", (_, lines, expected) => {
  const finder = new PanicFinder();
  const asLine = (text: string): LogLine => ({ kind: "line", time: new Date(0), text, isWhole: true });
  const found = [...lines.map((text) => finder.push(asLine(text))), finder.flush()].flatMap(
    (report) => report ?? [],
  );
  expect(found.map(({ kind, title, lines: report }) => [kind, title, report.length])).toEqual(expected);
});
