import { admin, type CallRow, lock, log, type Program } from "@libvirt-ts/protocol";
import { type Before, call, fieldsOf, frame, oddFrames, type Request, unknownFlag } from "./requests.ts";

/** Sockets beside that of the remote program, by the daemon that listens there. */
export type OtherSocket = "admin" | "lock" | "log";

export interface OtherRequest extends Request {
  readonly socket: OtherSocket;
}

/** The daemon would be gone, or its log. */
const harmful: ReadonlySet<string> = new Set([
  "connectDaemonShutdown",
  "connectSetLoggingOutputs",
  "connectSetLoggingFilters",
]);
/** Where nothing can be made. */
const nowhere = "/dev/null/x";

interface Kind {
  readonly socket: OtherSocket;
  readonly program: Program;
  /** What a connection may have done. */
  readonly befores: readonly Before[];
  /** A call that changes nothing. */
  readonly harmless: CallRow;
  /** Calls with arguments of their own, beside the plainest of each procedure. */
  readonly more: readonly (readonly [name: string, before: Before, bytes: Buffer])[];
}

const srv = { name: "admin" };
const noServer = { name: "nobody" };
const client = (id: bigint) => ({ srv, id, timestamp: 0n, transport: 0 });
const uintParam = (field: string, value: number) => ({ field, value: { type: 2, value } });
const resource = { path: "", name: nowhere, flags: 0 };
const logFile = { path: nowhere, flags: 0 };
const { procs: a } = admin;
const { procs: k } = lock;
const { procs: g } = log;

const kinds: readonly Kind[] = [
  {
    socket: "admin",
    program: admin,
    befores: ["nothing"],
    harmless: a.connectGetLibVersion,
    more: [
      ["open with flags", "nothing", call(a.connectOpen, { flags: 1 })],
      ["a server", "nothing", call(a.connectLookupServer, srv)],
      ["no such server", "nothing", call(a.connectLookupServer, noServer)],
      ["only the number of servers", "nothing", call(a.connectListServers, { needResults: 0 })],
      ["workers of a server", "nothing", call(a.serverGetThreadpoolParameters, { srv })],
      ["clients of a server", "nothing", call(a.serverListClients, { srv, needResults: 1 })],
      ["limits of a server", "nothing", call(a.serverGetClientLimits, { srv })],
      ["no such client", "nothing", call(a.serverLookupClient, { srv, id: 99_999n })],
      ["information on no such client", "nothing", call(a.clientGetInfo, { clnt: client(99_999n) })],
      ["no such client to close", "nothing", call(a.clientClose, { clnt: client(99_999n) })],
      ["certificates of a server without", "nothing", call(a.serverUpdateTlsFiles, { srv })],
      ["never ending", "nothing", call(a.connectSetDaemonTimeout, { timeout: 0 })],
      ...[
        [],
        [uintParam("maxWorkers", 21)],
        [uintParam("minWorkers", 30)],
        [uintParam("maxWorkers", 0)],
        [uintParam("odd", 1)],
        [{ field: "maxWorkers", value: { type: 7, value: "x" } }],
        [uintParam("maxWorkers", 21), uintParam("maxWorkers", 22)],
      ].map((params, i): Kind["more"][number] => [
        `workers ${i}`,
        "nothing",
        call(a.serverSetThreadpoolParameters, { srv, params }),
      ]),
      ...[
        [uintParam("nclients_max", 5_000)],
        [uintParam("nclients_max", 1), uintParam("nclients_unauth_max", 2)],
        [uintParam("nclients", 3)],
        [{ field: "nclients_max", value: { type: 4, value: 1n } }],
      ].map((params, i): Kind["more"][number] => [
        `limits ${i}`,
        "nothing",
        call(a.serverSetClientLimits, { srv, params }),
      ]),
      ...["9:x", "1", "1:", ":x", "1:x 5:y"].map((filters): Kind["more"][number] => [
        `filters "${filters}"`,
        "nothing",
        call(a.connectSetLoggingFilters, { filters }),
      ]),
      ...["7:stderr", "1:bogus", "1:file:relative", "1:syslog", "1", "1:file:/nonexistent/x"].map(
        (outputs): Kind["more"][number] => [
          `outputs "${outputs}"`,
          "nothing",
          call(a.connectSetLoggingOutputs, { outputs }),
        ],
      ),
    ],
  },
  {
    socket: "lock",
    program: lock,
    befores: ["nothing", "registered"],
    harmless: k.releaseResource,
    more: [
      ["a file that is not there", "registered", call(k.acquireResource, resource)],
      ["shared", "registered", call(k.acquireResource, { ...resource, flags: 1 })],
      ["a name that is no path", "registered", call(k.acquireResource, { ...resource, name: "x" })],
      ["an unknown lockspace", "registered", call(k.acquireResource, { ...resource, path: "/nowhere" })],
      ["free of what is not held", "registered", call(k.releaseResource, resource)],
      ["a lockspace that is there", "registered", call(k.createLockspace, { path: "" })],
      ["a lockspace that cannot be", "registered", call(k.createLockspace, { path: nowhere })],
      ["restricted", "registered", call(k.restrict, {})],
      [
        "no owner",
        "nothing",
        call(k.register, { owner: { name: "x", uuid: new Uint8Array(16), id: 0, pid: 0 } }),
      ],
    ],
  },
  {
    socket: "log",
    program: log,
    befores: ["nothing"],
    harmless: g.domainGetLogFilePosition,
    more: [
      ["a position nobody knows", "nothing", call(g.domainGetLogFilePosition, logFile)],
      [
        "text that is not there",
        "nothing",
        call(g.domainReadLogFile, { ...logFile, pos: { inode: 1n, offset: 0n }, maxlen: 10n }),
      ],
      [
        "more than may be read",
        "nothing",
        call(g.domainReadLogFile, { ...logFile, pos: { inode: 1n, offset: 0n }, maxlen: 4_194_305n }),
      ],
    ],
  },
];

function waysToCall(row: CallRow, { socket, befores }: Kind): OtherRequest[] {
  const fields = fieldsOf(row);
  const path = fields.path === undefined ? {} : { path: nowhere };
  const { number: prog } = row.program;
  return befores.flatMap((before) => {
    const of = (way: string, bytes: Buffer): OtherRequest => ({
      ...{ name: `${socket}: ${row.name}, ${before}: ${way}`, socket, before, bytes, row },
      proves: row.name !== "connectClose",
    });
    const whole = call(row, path);
    const found = [of("plain", whole)];
    if (whole.length > 28) {
      found.push(of("without arguments", frame({ prog, proc: row.number })));
      found.push(of("cut", frame({ prog, proc: row.number }, whole.subarray(28, -4))));
    }
    if (fields.flags !== undefined)
      found.push(of("an unknown flag", call(row, { ...path, flags: unknownFlag(fields.flags) })));
    return found;
  });
}

/** What is asked of admin sockets, virtlockd and virtlogd. */
export function otherRequests(): OtherRequest[] {
  return kinds.flatMap((kind) => {
    const { socket, program, harmless, befores, more } = kind;
    const rows = Object.values(program.procs).filter(
      (row) => row.kind === "call" && !harmful.has(row.name),
    ) as CallRow[]; // filtered by kind
    const before = befores[0] ?? "nothing";
    return [
      ...oddFrames(program.number, harmless.number).map(([name, bytes]) => ({
        ...{ name: `${socket}: ${name}`, socket, before, bytes },
      })),
      ...more.map(([name, stage, bytes]) => ({ name: `${socket}: ${name}`, socket, before: stage, bytes })),
      ...rows.flatMap((row) => waysToCall(row, kind)),
    ];
  });
}
