import {
  type NetworkProtocol,
  type NetworkSource,
  networkProtocols,
  type StorageHost,
} from "@libvirt-ts/conf/domain";
import { malformed } from "./nested-json.ts";

/** What a URI says about an image, and whether it named a user whom nobody will ask for. */
export interface NamedSource {
  source: NetworkSource;
  hasCredentials: boolean;
}

export const defaultPorts: Readonly<Partial<Record<NetworkProtocol, number>>> = {
  nbd: 10809,
  sheepdog: 7000,
  gluster: 24007,
  iscsi: 3260,
  http: 80,
  https: 443,
  ftp: 21,
  ftps: 990,
  tftp: 69,
  ssh: 22,
  vxhs: 9999,
};

/** Hosts reached over TCP get the port of their protocol. */
export const withPorts = (protocol: NetworkProtocol, hosts: readonly StorageHost[]): StorageHost[] =>
  hosts.map((host) => {
    const port = host.port ?? defaultPorts[protocol];
    return host.transport === "unix" || port === undefined ? host : { ...host, port };
  });

export const isProtocol = (text: string): text is NetworkProtocol =>
  networkProtocols.some((protocol) => protocol === text);

const uri = /^([a-z][a-z0-9.+-]*):\/\/(?:([^@/?]*)@)?(\[[^\]]*\]|[^:/?]*)(?::(\d+))?([^?#]*)(?:\?([^#]*))?/i;

/**
 * `nbd+unix:///export?socket=/tmp/sock`, `https://host/file`, `gluster://host/volume/image` …
 * @throws VirError INVALID_ARG
 */
export function parseSourceUri(text: string): NamedSource {
  const [, scheme = "", user, host = "", port, path = "", query] = uri.exec(text) ?? [];
  const [protocol = "", transport = "tcp"] = scheme.split("+");
  if (!isProtocol(protocol)) throw malformed(`invalid backing protocol '${protocol}'`);
  if (transport !== "tcp" && transport !== "unix" && transport !== "rdma")
    throw malformed(`invalid protocol transport type '${transport}'`);
  // Only one slash divides host and name.
  const bare = decode(path.startsWith("/") ? path.slice(1) : path);
  const isWeb = protocol.startsWith("http") || protocol.includes("ftp");
  const source: NetworkSource = {
    protocol,
    name: bare === "" && !isWeb ? undefined : bare,
    query: isWeb ? query : undefined,
    hosts: [],
    seclabels: [],
  };
  if (transport === "unix") {
    const socket = new URLSearchParams(query).get("socket");
    if (!socket) throw malformed("invalid query part of URI: a socket is missing");
    source.hosts = [{ transport, socket }];
  } else {
    const name = host.replace(/^\[(.*)\]$/, "$1");
    const only: StorageHost = {
      name,
      ...(port && { port: Number(port) }),
      ...(transport === "rdma" && { transport }),
    };
    source.hosts = withPorts(protocol, [only]);
  }
  if (protocol === "gluster" && !source.name?.includes("/"))
    throw malformed("missing volume name and path for gluster");
  return { source, hasCredentials: user !== undefined };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw malformed(`'${text}' is badly escaped`);
  }
}

/** `nbd:HOST:PORT[:exportname=NAME]`, `nbd:unix:PATH[:exportname=NAME]`. */
export function parseNbdColon(text: string): NetworkSource {
  const [place = "", ...more] = text.slice("nbd:".length).split(":exportname=");
  const name = more.length > 0 ? more.join(":exportname=") : undefined;
  const common = { protocol: "nbd" as const, name, seclabels: [] };
  if (place.startsWith("unix:")) {
    const socket = place.slice("unix:".length);
    return { ...common, hosts: [{ transport: "unix", socket }] };
  }
  const [, host, port] = /^(\[[^\]]*\]|[^:]+)(?::(\d+))?$/.exec(place) ?? [];
  if (host === undefined) throw malformed(`missing remote information in '${text}' for protocol nbd`);
  const bare = host.replace(/^\[(.*)\]$/, "$1");
  return { ...common, hosts: withPorts("nbd", [{ name: bare, ...(port && { port: Number(port) }) }]) };
}

/** `rbd:POOL/IMAGE[@SNAPSHOT][:OPTION=VALUE…]`; a backslash takes the sense from what follows. */
export function parseRbdColon(text: string): NetworkSource {
  const [name = "", ...options] = splitEscaped(text.slice("rbd:".length), ":");
  const at = name.lastIndexOf("@");
  const source: NetworkSource = {
    protocol: "rbd",
    name: unquote(at < 0 ? name : name.slice(0, at)),
    snapshot: at < 0 ? undefined : unquote(name.slice(at + 1)),
    hosts: [],
    seclabels: [],
  };
  for (const option of options) {
    if (option.startsWith("conf=")) source.config = unquote(option.slice("conf=".length));
    if (option.startsWith("mon_host="))
      source.hosts = splitMonitors(unquote(option.slice("mon_host=".length)).replaceAll("\\", ""));
  }
  return source;
}

const unquote = (text: string) => text.replaceAll(/\\(.)/g, "$1");

const splitMonitors = (text: string): StorageHost[] =>
  text
    .split(/[;,]/)
    .filter((each) => each !== "")
    .map((each) => {
      const [, host = each, port] = /^(\[[^\]]*\]|[^:]+)(?::(\d+))?$/.exec(each) ?? [];
      return { name: host.replace(/^\[(.*)\]$/, "$1"), ...(port && { port: Number(port) }) };
    });

function splitEscaped(text: string, separator: string): string[] {
  const parts = [""];
  for (let i = 0; i < text.length; i++) {
    const char = text[i] ?? "";
    if (char === "\\") parts[parts.length - 1] += char + (text[++i] ?? "");
    else if (char === separator) parts.push("");
    else parts[parts.length - 1] += char;
  }
  return parts;
}
