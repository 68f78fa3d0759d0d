import { badUri } from "./errors.ts";

/** Ways to a daemon that a URI may name behind a "+". */
const transports = ["tls", "unix", "ssh", "ext", "tcp", "libssh2", "libssh"] as const;
export type TransportName = (typeof transports)[number];

const modes = ["auto", "direct", "legacy"] as const;
const proxies = ["auto", "netcat", "native"] as const;

/** Parameters that are for us; all others go on to the driver. */
const ownParams: ReadonlySet<string> = new Set([
  "name",
  "socket",
  "command",
  "netcat",
  "keyfile",
  "pkipath",
  "auth",
  "authfile",
  "sshauth",
  "known_hosts",
  "known_hosts_verify",
  "tls_priority",
  "mode",
  "proxy",
  "no_sanity",
  "no_verify",
  "no_tty",
]);

/** How a URI is to be reached. */
export interface Plan {
  /** As it was given. */
  readonly uri: string;
  /** "qemu"; undefined: whatever the daemon offers. */
  readonly driver: string | undefined;
  /** Absent: the URI names none and no host, so a driver in this process may take it. */
  readonly transport: TransportName | undefined;
  readonly host: string;
  readonly port: number | undefined;
  readonly user: string | undefined;
  readonly path: string;
  /** What the daemon is asked to open. */
  readonly name: string;
  readonly params: Readonly<Record<string, string>>;
  readonly mode: (typeof modes)[number];
  readonly proxy: (typeof proxies)[number];
}

/**
 * Takes a URI apart by libvirt's rules: `driver[+transport]://[user@][host][:port]/path?parameters`.
 * @param uri "" leaves the choice to the daemon
 * @throws VirError INVALID_ARG
 */
export function planOf(uri: string): Plan {
  if (uri === "") return { ...nothing, uri };
  const found = /^([a-z][a-z0-9.-]*)(?:\+([^:]*))?:(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?/i.exec(uri);
  if (found === null) throw badUri(`Unable to parse URI ${uri}`);
  const [, scheme = "", suffix, authority = "", path = "", query = ""] = found;
  const { params, rest } = parametersOf(query);
  const { user, host, port } = authorityOf(authority, uri);
  const driver = scheme.toLowerCase() === "remote" ? undefined : scheme.toLowerCase();
  const formatted = driver === undefined ? "" : `${driver}://${path}${rest === "" ? "" : `?${rest}`}`;
  return {
    uri,
    driver,
    transport: transportOf(suffix, host),
    host,
    port,
    user,
    path,
    name: params.name ?? formatted,
    params,
    mode: oneOf(modes, "mode", params.mode ?? "auto"),
    proxy: oneOf(proxies, "proxy", params.proxy ?? "auto"),
  };
}

const nothing: Omit<Plan, "uri"> = {
  driver: undefined,
  transport: undefined,
  host: "",
  port: undefined,
  user: undefined,
  path: "",
  name: "",
  params: {},
  mode: "auto",
  proxy: "auto",
};

/** Whether a parameter is a number other than 0, as libvirt reads switches. */
export function isOn({ params }: Plan, name: string): boolean {
  const text = params[name];
  if (text === undefined) return false;
  if (!/^-?\d+$/.test(text)) throw badUri(`failed to parse value of URI component ${name}`);
  return Number(text) !== 0;
}

function transportOf(suffix: string | undefined, host: string): TransportName | undefined {
  if (suffix === undefined) return host === "" ? undefined : "tls";
  const found = transports.find((each) => each === suffix.toLowerCase());
  if (found === undefined) {
    throw badUri(`remote_open: transport in URL not recognised (should be ${transports.join("|")})`);
  }
  if (found === "unix" && host !== "") {
    throw badUri(`using unix socket and remote server '${host}' is not supported.`);
  }
  if (found === "libssh" || found === "libssh2") throw badUri(`${found} transport support was not enabled`);
  return found;
}

function authorityOf(authority: string, uri: string) {
  const [, user, bracketed, plain = "", port] =
    /^(?:([^@]*)@)?(?:\[([^\]]*)\]|([^:]*))(?::(\d*))?$/.exec(authority) ?? [];
  if (
    bracketed === undefined &&
    plain === "" &&
    authority !== "" &&
    port === undefined &&
    user === undefined
  ) {
    throw badUri(`Unable to parse URI ${uri}`);
  }
  return {
    user: user === undefined ? undefined : decodeURIComponent(user),
    host: bracketed ?? plain,
    port: port === undefined || port === "" || port === "0" ? undefined : Number(port),
  };
}

/** Ours by name, and what is left for the driver, as it was written. */
function parametersOf(query: string): { params: Record<string, string>; rest: string } {
  const params: Record<string, string> = {};
  const rest: string[] = [];
  for (const piece of query.split(/[&;]/)) {
    const [name = "", value = ""] = piece.split(/=(.*)/s);
    if (ownParams.has(name)) params[name] = decode(value);
    else if (piece !== "") rest.push(piece);
  }
  return { params, rest: rest.join("&") };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a lone "%" stands for itself
  }
}

function oneOf<T extends string>(known: readonly T[], name: string, text: string): T {
  const found = known.find((each) => each === text);
  if (found === undefined) throw badUri(`Unknown value '${text}' for ${name}`);
  return found;
}
