import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { VirError } from "@libvirt-ts/errors";
import { native } from "@libvirt-ts/native";
import { log } from "@libvirt-ts/protocol";
import { RpcClient } from "@libvirt-ts/rpc/client";
import { World } from "@libvirt-ts/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

const { domainOpenLogFile, domainGetLogFilePosition, domainReadLogFile, domainAppendLogFile } = log.procs;
const dom = { uuid: new Uint8Array(16).fill(7), name: "vm1" };
const driver = "qemu";

/** One of the daemons with a folder for logs, which is empty before each row. */
interface Log {
  folder: string;
  readonly client: RpcClient;
  open(name: string, flags?: number): Promise<{ fd: number; offset: number; inode: bigint }>;
  position(name: string, flags?: number): Promise<string>;
  read(name: string, o?: { inode?: bigint; offset?: number; max?: bigint; flags?: number }): Promise<string>;
  append(name: string, message: string, flags?: number): Promise<number>;
  /** A file of the folder, as it is; undefined if it is not there. */
  text(name: string): string | undefined;
  write(name: string, text: string): bigint;
}

/** @param theirs what the C daemon says where ours departs from it on purpose */
type Row = readonly [rule: string, act: (log: Log) => Promise<unknown>, ours: unknown, theirs?: unknown];

/** An error as clients see it; `$` stands for the folder. */
const fails = (domain: number, code: number, message: string, errno?: number) => ({
  domain,
  code,
  message,
  ...(errno !== undefined && { errno }),
});

const [none, rpc, logging] = [0, 7, 63];
const [internal, invalidArg, system] = [1, 8, 38];
const flagsOf = (api: string, flags = "0x2") =>
  fails(logging, invalidArg, `unsupported flags (${flags}) in function ${api}`);

/** The C daemon looks for the oldest backup, and goes on without when there is none. */
const noDescriptor = (inode: number) =>
  fails(none, system, `Unable to seek to inode ${inode} offset 0: Bad file descriptor`, 9);

/** What both daemons do, by procedure. Limits: files of 100 bytes, 2 backups. */
const rows: Record<string, readonly Row[]> = {
  OPEN_LOG_FILE: [
    [
      "a new file: private, at its begin",
      async (log) => {
        const { fd, offset, inode } = await log.open("a");
        native.close(fd);
        const { mode, ino } = statSync(join(log.folder, "a"), { bigint: true });
        return [offset, inode === ino, mode & 0o777n];
      },
      [0, true, 0o600n],
    ],
    [
      "a file that is there: at its end",
      async (log) => {
        log.write("a", "before\n");
        const { fd, offset } = await log.open("a");
        native.close(fd);
        return [offset, log.text("a")];
      },
      [7, "before\n"],
    ],
    [
      "truncate: it and its backups begin anew",
      async (log) => {
        for (const name of ["a", "a.0", "a.1"]) log.write(name, "before\n");
        const { fd, offset } = await log.open("a", 1);
        native.close(fd);
        return [offset, log.text("a"), log.text("a.0"), log.text("a.1")];
      },
      [0, "", undefined, undefined],
    ],
    [
      "a log that is open",
      async (log) => {
        const { fd } = await log.open("a");
        try {
          return await log.open("a");
        } finally {
          native.close(fd);
        }
      },
      fails(logging, system, "Cannot open log file: '$/a': Device or resource busy", 16),
    ],
    [
      "a log that is open, by another client, after its opener has gone",
      async (log) => {
        const { fd } = await log.open("a");
        try {
          return await log.open("a", 1);
        } finally {
          native.close(fd);
        }
      },
      fails(logging, system, "Cannot open log file: '$/a': Device or resource busy", 16),
    ],
    [
      "a folder that is not there",
      (log) => log.open("none/a"),
      fails(none, system, "Unable to open file: $/none/a: No such file or directory", 2),
    ],
    ["a folder", (log) => log.open("."), fails(none, system, "Unable to open file: $/.: Is a directory", 21)],
    [
      "unknown flags are not looked at",
      async (log) => {
        const { fd, offset } = await log.open("a", 6);
        native.close(fd);
        return offset;
      },
      0,
    ],
  ],
  GET_LOG_FILE_POSITION: [
    [
      "what waits in the pipe is in the file then",
      async (log) => {
        const { fd } = await log.open("a");
        writeSync(fd, "one\ntwo\n");
        const at = await log.position("a");
        native.close(fd);
        return [at, log.text("a")];
      },
      ["8", "one\ntwo\n"],
    ],
    [
      "a log that is not open",
      (log) => log.position("a"),
      fails(logging, internal, "internal error: No open log file $/a"),
    ],
    ["unknown flags", (log) => log.position("a", 2), flagsOf("virLogHandlerDomainGetLogFilePosition")],
  ],
  READ_LOG_FILE: [
    [
      "from a place, across files, limited",
      async (log) => {
        const inode = log.write("a.0", "older\n");
        log.write("a", "newer\n");
        return [
          await log.read("a", { inode, offset: 2 }),
          await log.read("a", { inode, offset: 2, max: 6n }),
        ];
      },
      ["der\nnewer\n", "der\nne"],
    ],
    [
      "what waits in the pipe as well, if it is open",
      async (log) => {
        const { fd, inode } = await log.open("a");
        writeSync(fd, "just now\n");
        const text = await log.read("a", { inode });
        native.close(fd);
        return text;
      },
      "just now\n",
    ],
    [
      "at the end, and behind it",
      async (log) => {
        const inode = log.write("a", "text\n");
        return [await log.read("a", { inode, offset: 5 }), await log.read("a", { inode, offset: 500 })];
      },
      ["", ""],
    ],
    ["nothing asked for", async (log) => log.read("a", { inode: log.write("a", "text\n"), max: 0n }), ""],
    [
      "an inode that is not there, all backups are: the oldest",
      async (log) => {
        for (const [name, text] of [
          ["a.1", "oldest\n"],
          ["a.0", "older\n"],
          ["a", "newest\n"],
        ] as const)
          log.write(name, text);
        return log.read("a", { inode: 1n });
      },
      "oldest\nolder\nnewest\n",
    ],
    [
      "no log",
      (log) => log.read("a"),
      fails(none, system, "Unable to open file: $/a: No such file or directory", 2),
      noDescriptor(0),
    ],
    [
      "an inode that is not there, nor the oldest backup",
      async (log) => {
        log.write("a", "text\n");
        return log.read("a", { inode: 1n });
      },
      "text\n",
      noDescriptor(1),
    ],
    [
      "more than a reply holds",
      (log) => log.read("a", { max: 4_194_305n }),
      fails(rpc, internal, "internal error: Requested data len 4194305 is larger than maximum 4194304"),
    ],
    [
      "as much as a reply holds",
      async (log) => log.read("a", { inode: log.write("a", "text\n"), max: 4_194_304n }),
      "text\n",
    ],
    ["unknown flags", (log) => log.read("a", { flags: 2 }), flagsOf("virLogHandlerDomainReadLogFile")],
  ],
  APPEND_LOG_FILE: [
    [
      "to a log that is not open, and to none",
      async (log) => {
        log.write("a", "before\n");
        return [
          await log.append("a", "more\n"),
          log.text("a"),
          await log.append("b", "new\n"),
          log.text("b"),
        ];
      },
      [0, "before\nmore\n", 0, "new\n"],
    ],
    [
      "to a log that is open",
      async (log) => {
        const { fd } = await log.open("a");
        await log.append("a", "noted\n");
        native.close(fd);
        return log.text("a");
      },
      "noted\n",
    ],
    ["nothing", async (log) => [await log.append("a", ""), log.text("a")], [0, ""]],
    [
      "more than fits: rolls over at the last line end near the limit",
      async (log) => {
        await log.append("a", `${"x".repeat(60)}\n${"y".repeat(50)}\n`);
        return [log.text("a.0")?.length, log.text("a")?.length];
      },
      [61, 51],
    ],
    [
      "without a line end: at the limit",
      async (log) => {
        await log.append("a", "x".repeat(250));
        return ["a.1", "a.0", "a"].map((name) => log.text(name)?.length);
      },
      [100, 100, 50],
    ],
    [
      "a file that is longer already",
      async (log) => {
        log.write("a", "z".repeat(150));
        await log.append("a", "new\n");
        return ["a.0", "a"].map((name) => log.text(name)?.length);
      },
      [150, 4],
    ],
    [
      "a folder that is not there",
      (log) => log.append("none/a", "x"),
      fails(none, system, "Unable to open file: $/none/a: No such file or directory", 2),
    ],
    ["unknown flags", (log) => log.append("a", "x", 2), flagsOf("virLogHandlerDomainAppendLogFile")],
  ],
};

const daemons = [
  ["our", []],
  ["Debian's", ["virtlogd"]],
] as const;

describe.each(daemons)("%s virtlogd", (_name, peers) => {
  let world: World;
  let log: Log;

  beforeAll(async () => {
    world = await World.create({ systemPaths: true, peers, daemons: [] });
    writeFileSync(join(world.prefix, "etc/libvirt/virtlogd.conf"), "max_size = 100\nmax_backups = 2\n");
    await world.start("virtlogd");
    log = await logOf(world.socket("virtlogd"));
  });
  afterAll(async () => {
    log?.client.close();
    await world?.close();
  });
  let row = 0;
  beforeEach(() => {
    log.folder = join(world.prefix, "logs", String(row++)); // logs of the row before may still end
    mkdirSync(log.folder, { recursive: true });
  });

  for (const [procedure, cases] of Object.entries(rows))
    test.each(cases.map(([rule, ...rest]) => [rule, rest] as const))(
      `${procedure}: %s`,
      async (_rule, [act, ours, theirs]) => {
        const seen = await act(log).catch((error: unknown) => {
          if (!(error instanceof VirError)) throw error;
          const message = error.message.replaceAll(log.folder, "$");
          return fails(error.domain, error.code, message, error.code === system ? error.int1 : undefined);
        });
        expect(seen).toEqual(peers.length > 0 ? (theirs ?? ours) : ours);
      },
    );
});

async function logOf(socket: string): Promise<Log> {
  const client = await RpcClient.connect(socket);
  const at = (name: string) => `${self.folder}/${name}`;
  const self: Log = {
    folder: "",
    client,
    async open(name, flags = 0) {
      const { ret, fds } = await client.callWithFds(domainOpenLogFile, {
        driver,
        dom,
        path: at(name),
        flags,
      });
      return { fd: fds[0] ?? -1, offset: Number(ret.pos.offset), inode: ret.pos.inode };
    },
    position: async (name, flags = 0) =>
      String((await client.call(domainGetLogFilePosition, { path: at(name), flags })).pos.offset),
    async read(name, { inode = 0n, offset = 0, max = 1000n, flags = 0 } = {}) {
      const pos = { inode, offset: BigInt(offset) };
      return (await client.call(domainReadLogFile, { path: at(name), pos, maxlen: max, flags })).data;
    },
    append: async (name, message, flags = 0) =>
      (await client.call(domainAppendLogFile, { driver, dom, path: at(name), message, flags })).ret,
    text: (name) => (existsSync(at(name)) ? readFileSync(at(name), "latin1") : undefined),
    write(name, text) {
      writeFileSync(at(name), text);
      return statSync(at(name), { bigint: true }).ino;
    },
  };
  return self;
}
