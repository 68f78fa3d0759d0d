import {
  attr,
  type Context,
  child,
  childNamed,
  element,
  type Infer,
  leaf,
  list,
  oneOf,
  parseXml,
  raw,
  str,
  variant,
  type XmlElement,
  XmlWriter,
  xmlError,
  yesNo,
} from "@libvirt-ts/xml";
import { hostPort } from "../domain/devices/storage-parts.ts";
import { absPath } from "../types.ts";
import { PullDisk, PushDisk } from "./disk.ts";
import { backupError, unsupported } from "./errors.ts";

const modes = ["push", "pull"] as const;
const mode = {
  words: modes,
  parse(text: string): (typeof modes)[number] {
    const found = modes.find((word) => word === text);
    if (found === undefined) throw unsupported(`unknown backup mode '${text}'`);
    return found;
  },
  format: (value: (typeof modes)[number]) => value,
};

const transport = oneOf(["tcp", "unix", "rdma"]);

/** Where disks are offered for reading. */
const Server = element(
  "server",
  {
    transport: attr("transport", transport, { default: "tcp" as const }),
    tls: attr("tls", yesNo),
    name: attr("name", str),
    port: attr("port", hostPort, { omit: 0 }),
    socket: attr("socket", absPath),
  },
  {
    rule: ({ attrs }) =>
      attrs.transport === "unix"
        ? attrs.socket === undefined || attrs.name !== undefined || attrs.port !== undefined
          ? "a <server> at a socket is told by nothing else"
          : undefined
        : attrs.socket === undefined
          ? undefined
          : "a <server> of TCP has no 'socket'",
    read({ transport: by, socket, name }) {
      if (by === "rdma") throw unsupported("transport rdma is not supported for <server>");
      if (by === "unix" && socket === undefined) throw backupError("missing socket for unix transport");
      if (by !== "unix" && socket !== undefined)
        throw backupError(`transport '${by}' does not support socket attribute`);
      if (by === "unix" && name !== undefined)
        throw backupError("transport 'unix' does not support name attribute");
      if (socket !== undefined && !socket.startsWith("/"))
        throw backupError(`backup socket path '${socket}' must be absolute`);
    },
  },
);
export type BackupServer = Infer<typeof Server>;

export const BackupSyntax = element(
  "domainbackup",
  {
    mode: attr("mode", mode, { default: "push" }),
    /** The checkpoint since which changes are copied. */
    incremental: leaf("incremental", str),
    $parts: variant("mode", {
      push: { disks: child(element("disks", { disks: list(PushDisk) })) },
      pull: { server: child(Server), disks: child(element("disks", { disks: list(PullDisk) })) },
    }),
    privateData: raw("privateData", { show: "status", plain: true }),
  },
  {
    read(def, from) {
      if (def.mode === "push" && childNamed(from, "server"))
        throw backupError("use of <server> requires pull mode backup");
    },
  },
);

/** A backup of a guest's disks: which, from when on, and to where. */
export type BackupDef = Infer<typeof BackupSyntax>;

/** Reads `<domainbackup>`. `status`: what the daemon wrote for itself. @throws VirError */
export function parseBackup(text: string, context: Context = {}): BackupDef {
  return readBackup(parseXml(text), context);
}

function readBackup(root: XmlElement, context: Context): BackupDef {
  if (root.name !== "domainbackup")
    throw xmlError(`expecting root element of 'domainbackup', not '${root.name}'`);
  return BackupSyntax.parse(root, context);
}

/** The text of a backup, with a final newline. */
export function formatBackup(def: BackupDef, context: Context = {}): string {
  const writer = new XmlWriter();
  BackupSyntax.format(def, writer, context);
  return writer.toString();
}
