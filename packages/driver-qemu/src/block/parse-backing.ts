import type { NetworkSource, StorageHost, StorageSource } from "@libvirt-ts/conf/domain";
import { isProtocol, parseNbdColon, parseRbdColon, parseSourceUri, withPorts } from "./backing-uri.ts";
import { isObject, type JsonObject, malformed, nestKeys } from "./nested-json.ts";

/** What an image says it stands on. */
export interface Backing {
  source: StorageSource;
  /** It names a user or a password; whoever opens it has to have these from elsewhere. */
  hasCredentials: boolean;
  /** The key of the SSH server is not looked at. */
  isHostKeyUnchecked?: boolean;
}

const DEPTH = 20;

/**
 * Reads the name an image gives to the one below it: a path, a URI, one of QEMU's older forms, or its JSON.
 * @throws VirError INVALID_ARG
 */
export function parseBacking(text: string): Backing {
  if (isPath(text)) return plain({ type: "file", source: { file: text, seclabels: [] } });
  if (text.startsWith("json:")) return parseBackingJson(parseJson(text.slice("json:".length)));
  if (text.startsWith("fat:"))
    return plain({ type: "dir", source: { dir: text.slice("fat:".length), seclabels: [] } });
  if (text.includes("://")) {
    const { source, hasCredentials } = parseSourceUri(text);
    return { source: { type: "network", source }, hasCredentials };
  }
  const [protocol = ""] = text.split(":");
  if (protocol === "nbd") return network(parseNbdColon(text));
  if (protocol === "rbd") return network(parseRbdColon(text));
  throw malformed(
    isProtocol(protocol)
      ? `malformed backing store path for protocol ${protocol}`
      : `malformed backing store path '${text}'`,
  );
}

/** No colon, or none before the first slash. */
function isPath(text: string): boolean {
  const colon = text.indexOf(":");
  const slash = text.indexOf("/");
  return colon < 0 || (slash >= 0 && slash < colon);
}

const plain = (source: StorageSource): Backing => ({ source, hasCredentials: false });
const network = (source: NetworkSource): Backing => plain({ type: "network", source });

function parseJson(text: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw malformed(`cannot parse json ${text.slice(0, 200)}`);
  }
  if (!isObject(value)) throw malformed("JSON backing volume definition is not an object");
  return nestKeys(value);
}

/** From the options of a block node, as `json:` has them. */
export function parseBackingJson(json: JsonObject, depth = 0): Backing {
  if (depth > DEPTH) throw malformed("JSON backing volume definition is too deep");
  const { driver, file } = json;
  if (typeof driver !== "string") {
    if (isObject(file)) return parseBackingJson(file, depth + 1);
    throw malformed("JSON backing volume definition must have driver name");
  }
  const read = Object.hasOwn(drivers, driver) ? drivers[driver] : undefined;
  if (read !== undefined) return read(json, depth);
  // A format: what counts is the file it is in.
  if (formats.has(driver) && isObject(file)) return parseBackingJson(file, depth + 1);
  throw malformed(`missing parser implementation for JSON backing volume driver '${driver}'`);
}

const formats: ReadonlySet<string> = new Set([
  ...["qcow2", "qcow", "qed", "vmdk", "vdi", "vpc", "vhdx", "luks"],
  ...["bochs", "cloop", "dmg", "parallels"],
]);

const textOf = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

/** @throws VirError INVALID_ARG when there is no such text */
function need(json: JsonObject, name: string): string {
  const value = textOf(json[name]);
  if (value === undefined) throw malformed(`missing '${name}' field in JSON backing volume definition`);
  return value;
}

const countOf = (value: unknown): bigint | undefined =>
  (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) ||
  (typeof value === "string" && /^\d{1,18}$/.test(value))
    ? BigInt(value)
    : undefined;

/** Ports are texts in QEMU's options; other forms of them are passed over. */
function hostOf(json: JsonObject): StorageHost {
  const type = textOf(json.type);
  const path = textOf(json.path) ?? textOf(json.socket);
  if (type === "unix" || (type === undefined && json.host === undefined && path !== undefined)) {
    if (path === undefined)
      throw malformed("missing socket path for udp backing server in JSON backing volume definition");
    return { transport: "unix", socket: path };
  }
  const port = textOf(json.port);
  if (port !== undefined && !/^\d{1,5}$/.test(port)) throw malformed(`invalid port '${port}'`);
  return { name: need(json, "host"), ...(port !== undefined && { port: Number(port) }) };
}

const hostsOf = (value: unknown): StorageHost[] =>
  Array.isArray(value) ? value.map((each) => hostOf(isObject(each) ? each : {})) : [];

const serverOf = (json: JsonObject): StorageHost => hostOf(isObject(json.server) ? json.server : json);

type Read = (json: JsonObject, depth: number) => Backing;
const onHost: Read = (json) =>
  plain({ type: "block", source: { dev: need(json, "filename"), seclabels: [] } });

const curl: Read = (json) => {
  const url = need(json, "url");
  if (!url.startsWith(`${json.driver}://`))
    throw malformed(
      `expected protocol '${json.driver}' but got '${url.split(":")[0]}' in URI JSON volume definition`,
    );
  const { source, hasCredentials } = parseSourceUri(url);
  const { sslverify, cookie, timeout, readahead, username } = json;
  if (typeof sslverify === "boolean") source.ssl = sslverify;
  else if (sslverify === "on" || sslverify === "off") source.ssl = sslverify === "on";
  const cookies = textOf(cookie)
    ?.split(/;\s*/)
    .filter((each) => each !== "");
  if (cookies)
    source.cookies = {
      cookies: cookies.map((each) => {
        const equals = each.indexOf("=");
        if (equals < 0) throw malformed(`malformed http cookie '${each}' in backing store definition`);
        return { name: each.slice(0, equals), value: each.slice(equals + 1) };
      }),
    };
  const seconds = countOf(timeout);
  if (seconds) source.timeout = Number(seconds);
  const ahead = countOf(readahead);
  if (ahead) source.readahead = Number(ahead);
  return { source: { type: "network", source }, hasCredentials: hasCredentials || username !== undefined };
};

/** One reader for each driver that says where bytes are. */
const drivers: Readonly<Record<string, Read>> = {
  file: (json) => plain({ type: "file", source: { file: need(json, "filename"), seclabels: [] } }),
  host_device: onHost,
  host_cdrom: onHost,
  http: curl,
  https: curl,
  ftp: curl,
  ftps: curl,
  tftp: curl,
  gluster(json) {
    const filename = textOf(json.filename);
    if (filename !== undefined) return network(parseSourceUri(filename).source);
    const hosts = withPorts("gluster", hostsOf(json.server));
    if (hosts.length === 0)
      throw malformed("missing 'server' attribute in JSON backing definition for gluster volume");
    return network({
      protocol: "gluster",
      name: `${need(json, "volume")}/${need(json, "path")}`,
      hosts,
      seclabels: [],
    });
  },
  iscsi(json) {
    if (json.filename !== undefined) return network(parseSourceUri(need(json, "filename")).source);
    const transport = need(json, "transport");
    if (transport !== "tcp") throw malformed("only TCP transport is supported for iSCSI volumes");
    const [, host = "", port] = /^(\[[^\]]*\]|[^:]*)(?::(\d{1,5}))?$/.exec(need(json, "portal")) ?? [];
    const hosts = withPorts("iscsi", [{ name: host, ...(port && { port: Number(port) }) }]);
    const iqn = textOf(json["initiator-name"]);
    const source: NetworkSource = {
      protocol: "iscsi",
      name: `${need(json, "target")}/${countOf(json.lun) ?? 0}`,
      hosts,
      ...(iqn !== undefined && { initiator: { iqn } }),
      seclabels: [],
    };
    return {
      source: { type: "network", source },
      hasCredentials: json.user !== undefined || json.password !== undefined,
    };
  },
  nbd(json) {
    const hosts = withPorts("nbd", [serverOf(json)]);
    return network({ protocol: "nbd", name: textOf(json.export), hosts, seclabels: [] });
  },
  sheepdog(json) {
    if (json.filename !== undefined) return network(parseSourceUri(need(json, "filename")).source);
    const hosts = withPorts("sheepdog", [serverOf(json)]);
    return network({ protocol: "sheepdog", name: need(json, "vdi"), hosts, seclabels: [] });
  },
  ssh(json) {
    const username = textOf(json.user);
    const checks = isObject(json["host-key-check"]) ? json["host-key-check"].mode : json.host_key_check;
    const source: NetworkSource = {
      protocol: "ssh",
      name: need(json, "path"),
      hosts: withPorts("ssh", [serverOf(json)]),
      ...(username !== undefined && { identity: { username } }),
      seclabels: [],
    };
    return {
      ...network(source),
      ...((checks === "no" || checks === "none") && { isHostKeyUnchecked: true }),
    };
  },
  rbd(json) {
    const filename = textOf(json.filename);
    if (filename !== undefined) return network(parseRbdColon(filename));
    const namespace = textOf(json.namespace);
    const name = [
      need(json, "pool"),
      ...(namespace === undefined ? [] : [namespace]),
      need(json, "image"),
    ].join("/");
    // Port 0 leaves it to the client.
    const hosts = hostsOf(json.server).map(({ port, ...host }) => (port ? { ...host, port } : host));
    const source: NetworkSource = {
      protocol: "rbd",
      name,
      snapshot: textOf(json.snapshot),
      config: textOf(json.conf),
      hosts,
      seclabels: [],
    };
    return network(source);
  },
  raw(json, depth) {
    if (!isObject(json.file)) throw malformed("JSON backing volume definition must have 'file' object");
    const inner = parseBackingJson(json.file, depth + 1);
    const offset = countOf(json.offset);
    const size = countOf(json.size);
    if (offset === undefined && size === undefined) return inner;
    if (inner.source.source && size !== undefined)
      inner.source.source.slices = { slices: [{ type: "storage", offset: offset ?? 0n, size }] };
    return inner;
  },
  vxhs(json) {
    const hosts = withPorts("vxhs", [serverOf(json)]);
    return network({ protocol: "vxhs", name: need(json, "vdisk-id"), hosts, seclabels: [] });
  },
  nfs(json) {
    const id = (value: unknown) => (countOf(value) === undefined ? undefined : `+${countOf(value)}`);
    const identity = { user: id(json.user), group: id(json.group) };
    const hosts = [{ name: need(isObject(json.server) ? json.server : {}, "host") }];
    return network({ protocol: "nfs", name: need(json, "path"), hosts, identity, seclabels: [] });
  },
  nvme(json) {
    const at = /^([\da-f]{4}):([\da-f]{2}):([\da-f]{2})\.([0-7])$/i.exec(need(json, "device"));
    const namespace = countOf(json.namespace);
    if (!at || namespace === undefined)
      throw malformed("malformed NVMe disk in JSON backing volume definition");
    const [domain = 0, bus = 0, slot = 0, fn = 0] = at.slice(1).map((digits) => Number.parseInt(digits, 16));
    const address = { domain, bus, slot, function: fn };
    return plain({ type: "nvme", source: { type: "pci", namespace, address, seclabels: [] } });
  },
};
