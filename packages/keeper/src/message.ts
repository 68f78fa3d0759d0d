/**
 * What travels between a daemon and whoever keeps its descriptors: sd_notify's lines, the descriptor beside them.
 * @see sd_pid_notify_with_fds(3)
 */
export type KeeperMessage =
  /** Keep the descriptor that comes along, whatever happens to its other end; `beside`: only as long as others are. */
  | { readonly what: "put"; readonly name: string; readonly beside?: boolean }
  /** To systemd only one name at a time. */
  | { readonly what: "remove"; readonly names: readonly string[] }
  /** From the keeper: one that is kept (it comes along), or the end of the list. */
  | { readonly what: "kept"; readonly name: string }
  | { readonly what: "all" };

/** @param name printable ASCII without colon, at most 255 characters (systemd's rule) */
export function formatMessage(message: KeeperMessage): Buffer {
  return Buffer.from(lines(message));
}

function lines(message: KeeperMessage): string {
  switch (message.what) {
    case "put":
      return `FDSTORE=1\nFDNAME=${message.name}\nFDPOLL=0${message.beside ? "\nX_BESIDE=1" : ""}`;
    case "remove":
      return `FDSTOREREMOVE=1\n${message.names.map((name) => `FDNAME=${name}`).join("\n")}`;
    case "kept":
      return `FDNAME=${message.name}`;
    case "all":
      return "READY=1";
  }
}

/** @returns undefined for what is none of these messages */
export function parseMessage(text: string): KeeperMessage | undefined {
  const lines = text.split("\n").map((line) => split(line));
  const fields = new Map(lines);
  const name = fields.get("FDNAME");
  if (fields.get("READY") === "1") return { what: "all" };
  if (name === undefined) return undefined;
  if (fields.get("FDSTORE") === "1")
    return { what: "put", name, ...(fields.get("X_BESIDE") === "1" && { beside: true }) };
  if (fields.get("FDSTOREREMOVE") === "1")
    return { what: "remove", names: lines.flatMap(([key, value]) => (key === "FDNAME" ? [value] : [])) };
  return { what: "kept", name };
}

function split(line: string): [string, string] {
  const at = line.indexOf("=");
  return at < 0 ? [line, ""] : [line.slice(0, at), line.slice(at + 1)];
}
