import { manSection, roffText } from "@libvirt-ts/config/docs";
import { type DaemonAbout, type OptionRow, options, versionText } from "@libvirt-ts/daemon";

const exitCodes: readonly (readonly [code: string, meaning: string])[] = [
  ["0", "A clean stop, or what was asked for was told."],
  [
    "1",
    "Wrong options, a wrong configuration with `--config-check`, or the PID file is held by another process.",
  ],
  ["2", "The run-time directory cannot be made."],
  ["6", "A socket cannot be bound, or those passed by the service manager do not fit."],
  ["7", "The configuration file is wrong."],
  ["10", "What the daemon manages cannot be initialised."],
  ["70", "A fault of the program itself; the log has its stack."],
];

const driverSignals: readonly (readonly [signal: string, meaning: string])[] = [
  ["TERM, INT, QUIT", "Stop cleanly. Clients see the end of their connections."],
  ["HUP", "Read again what is on disk."],
];
const signals: Record<DaemonAbout["kind"], typeof driverSignals> = {
  driver: driverSignals,
  proxy: driverSignals,
  manager: [
    [
      "TERM, INT, QUIT",
      "Stop cleanly. Clients see the end of their connections, but not in a restart by systemd.",
    ],
    [
      "USR1",
      "Hand over to the program as it is on disk now: a successor takes connections, descriptors and state, and the main process is another one then. If it does not come up, all goes on.",
    ],
  ],
};

/** The man page of a daemon, section 8, in roff. */
export function manPage({ name, summary, description, kind, keys }: DaemonAbout): string {
  const sockets = kind === "manager" ? ["sock", "admin-sock"] : ["sock", "sock-ro", "admin-sock"];
  const base = kind === "proxy" ? "libvirt" : name;
  const files = [
    [`/etc/libvirt/${name}.conf`, "Configuration of the system daemon."],
    [`$XDG_CONFIG_HOME/libvirt/${name}.conf`, "Configuration of a user's daemon."],
    ...sockets.map((socket) => [`/run/libvirt/${base}-${socket}`, socketText(socket)] as const),
    [`$XDG_RUNTIME_DIR/libvirt/${base}-sock`, "Socket of a user's daemon."],
    [`/run/${name}.pid`, "PID file."],
  ] as const;
  return [
    `.TH ${name.toUpperCase()} 8 "" "libvirt ${versionText}" "Virtualization Support"`,
    section("NAME", `${name} \\- ${roffText(summary)}`),
    section("SYNOPSIS", `.B ${name}\n[\\fIOPTION\\fR]...`),
    section("DESCRIPTION", roffText(description)),
    section(
      "OPTIONS",
      tagged(Object.entries<OptionRow>(options).map(([long, row]) => [optionTag(long, row), `${row.doc}.`])),
    ),
    section(
      "CONFIGURATION",
      `${roffText(`Keys of \`/etc/libvirt/${name}.conf\`:`)}\n${manSection(keys).trimEnd()}`,
    ),
    section("SIGNALS", tagged(signals[kind])),
    section("EXIT STATUS", tagged(exitCodes)),
    section("FILES", tagged(files)),
    section(
      "ENVIRONMENT",
      tagged([
        ["LIBVIRT_DEBUG", "Level of the log: 1 to 4, or debug, info, warning, error."],
        [
          "LIBVIRT_LOG_FILTERS, LIBVIRT_LOG_OUTPUTS",
          "As the keys log_filters and log_outputs, which they override.",
        ],
        ["LIBVIRT_PREFIX", "A directory that stands before every path of the daemon."],
      ]),
    ),
    section("SEE ALSO", "\\fBvirsh\\fR(1), \\fBvirt\\-admin\\fR(1)"),
  ].join("");
}

function socketText(socket: string): string {
  if (socket === "sock-ro") return "For clients that may only look.";
  return socket === "admin-sock" ? "For administrators of the daemon itself." : "For clients.";
}

function optionTag(long: string, { short, value }: OptionRow): string {
  const all = [...(short ? [`-${short}`] : []), `--${long}`]
    .map((name) => `\\fB${roffText(name)}\\fR`)
    .join(", ");
  return value ? `${all} \\fI${value}\\fR` : all;
}

function section(title: string, text: string): string {
  return `\n.SH ${title}\n${text}`;
}

function tagged(rows: readonly (readonly [tag: string, text: string])[]): string {
  return rows
    .map(([tag, text]) => `.TP\n${tag.startsWith("\\f") ? tag : `.B ${roffText(tag)}`}\n${roffText(text)}`)
    .join("\n");
}
