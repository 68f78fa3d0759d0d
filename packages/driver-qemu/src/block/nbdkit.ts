import type { NetworkSource } from "@libvirt-ts/conf/domain";
import type { SecretRequest } from "../command/types.ts";
import type { ImageLayer } from "../device/image-layer.ts";
import { sourceUrl } from "../device/storage-source.ts";
import { defaultPorts } from "./backing-uri.ts";

export interface NbdkitOptions {
  program: string;
  /** Where QEMU connects. */
  socket: string;
  /** Value of a secret, fetched before. */
  secret(request: SecretRequest): Uint8Array;
  /** Makes a pipe that `content` is written to. @returns the descriptor nbdkit reads it from */
  pipe(content: Uint8Array): number;
  /** It can read ahead. */
  hasReadahead?: boolean;
}

export interface NbdkitCommand {
  args: string[];
  env: [name: string, value: string][];
}

/**
 * How an image is served by nbdkit instead of by QEMU itself. What is secret goes through pipes: others see arguments.
 * @returns `undefined` for images nbdkit has no plugin for
 */
export function nbdkitCommand(layer: ImageLayer, options: NbdkitOptions): NbdkitCommand | undefined {
  const { place } = layer;
  if (place.type !== "network" || place.source === undefined) return undefined;
  const { source } = place;
  const plugin =
    source.protocol === "ssh" ? sshArgs : curlProtocols.has(source.protocol) ? curlArgs : undefined;
  if (plugin === undefined) return undefined;
  const args = [options.program, "--unix", options.socket, "--foreground"];
  if (layer.readonly) args.push("--readonly");
  if (options.hasReadahead && source.readahead) args.push("--filter=readahead");
  const env: NbdkitCommand["env"] = [];
  const agent = source.identity?.agentsock;
  if (source.protocol === "ssh" && agent !== undefined) env.push(["SSH_AUTH_SOCK", agent]);
  return { args: [...args, ...plugin(source, layer, options)], env };
}

const curlProtocols: ReadonlySet<string> = new Set(["http", "https", "ftp", "ftps", "tftp"]);

function curlArgs(source: NetworkSource, layer: ImageLayer, options: NbdkitOptions): string[] {
  // A server may send its clients on to where the transfer is encrypted, never the other way.
  const protocols = source.protocol === "http" ? "http,https" : source.protocol;
  const args = ["curl", `protocols=${protocols}`, `url=${sourceUrl(source)}`, ...login(layer, options)];
  const cookies = source.cookies?.cookies ?? [];
  if (cookies.length > 0) {
    const text = cookies.map(({ name, value = "" }) => `${name}=${value}`).join("; ");
    args.push(`cookie=-${options.pipe(Buffer.from(text))}`);
  }
  if (source.ssl === false) args.push("sslverify=false");
  if (source.timeout) args.push(`timeout=${source.timeout}`);
  return args;
}

function sshArgs(source: NetworkSource, layer: ImageLayer, options: NbdkitOptions): string[] {
  const [host] = source.hosts;
  const { keyfile, username } = source.identity ?? {};
  const args = [
    "ssh",
    `host=${host?.name ?? ""}`,
    `port=${host?.port ?? defaultPorts.ssh}`,
    `path=${source.name ?? ""}`,
  ];
  if (keyfile !== undefined) args.push(`identity=${keyfile}`);
  if (layer.auth) args.push(...login(layer, options));
  else if (username !== undefined) args.push(`user=${username}`);
  if (layer.isHostKeyUnchecked) args.push("verify-remote-host=false");
  if (source.knownHosts !== undefined) args.push(`known-hosts=${source.knownHosts}`);
  return args;
}

function login({ auth }: ImageLayer, { secret, pipe }: NbdkitOptions): string[] {
  if (auth === undefined) return [];
  const { uuid, usage, type } = auth.secret;
  const value = secret({ uuid, usage, type: type === "ceph" ? "ceph" : "iscsi" });
  return [`user=${auth.username}`, `password=-${pipe(value)}`];
}
