import type { Credentials } from "@libvirt-ts/rpc/client";
import { authenticate, RpcClient } from "@libvirt-ts/rpc/client";
import { connectTcp, connectTls } from "@libvirt-ts/rpc/net";
import { abortable } from "./abortable.ts";
import { credentialsFor } from "./auth-file.ts";
import { badUri, noDriver } from "./errors.ts";
import { localSocket, placeOf } from "./local-socket.ts";
import { chooseSocket, type Place } from "./socket-path.ts";
import { openCommand, sshCommand } from "./ssh.ts";
import { clientCertificates } from "./tls-files.ts";
import type { Transport } from "./transport.ts";
import { isOn, type Plan } from "./uri.ts";

export interface OpenOptions {
  readonly readOnly?: boolean;
  /** Ends the attempt. */
  readonly signal?: AbortSignal | undefined;
  /** Asked when the daemon wants a name and a password, unless a file of logins has them. */
  readonly credentials?: (about: {
    host: string;
    user: string | undefined;
  }) => Promise<Credentials> | Credentials;
  /** Drivers in this process by their scheme, for URIs that name neither a transport nor a host. */
  readonly drivers?: Readonly<Record<string, LocalDriver>>;
  /** Default: `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** Opens a driver of this process. */
export type LocalDriver = (plan: Plan, options: OpenOptions) => Promise<Transport> | Transport;

/** Drivers that live in daemons; others a URI must lead to by a transport. */
const inDaemons = /^(qemu|lxc|xen|vbox|vz|bhyve|ch|network|storage|nodedev|interface|nwfilter|secret)$/;

const tcpPort = 16_509;
const tlsPort = 16_514;

/**
 * A connection on which calls may be made: to a driver of this process, or to a daemon that has let us in.
 * @throws VirError NO_CONNECT, INVALID_ARG, SYSTEM_ERROR, AUTH_FAILED and its like; the reason of an aborted `signal`
 */
export async function openTransport(plan: Plan, options: OpenOptions): Promise<Transport> {
  const local = plan.transport === undefined && plan.driver !== undefined ? plan.driver : undefined;
  const driver = local === undefined ? undefined : options.drivers?.[local];
  if (driver !== undefined) return driver(plan, options);
  if (local !== undefined && !inDaemons.test(local)) throw noDriver(plan.uri);
  options.signal?.throwIfAborted();
  const { client, failure } = await reach(plan, options);
  try {
    const login = authenticate(client, { credentials: () => askFor(plan, options) });
    await abortable(login, options.signal);
    return client;
  } catch (error) {
    client.close();
    throw (await failure?.(error)) ?? error;
  }
}

interface Reached {
  readonly client: RpcClient;
  /** A better account of why the first calls failed. */
  readonly failure?: (error: unknown) => Promise<unknown>;
}

async function reach(plan: Plan, options: OpenOptions): Promise<Reached> {
  const { signal, readOnly = false } = options;
  const { host, port, transport = "unix" } = plan;
  const place = placeOf(options.env);
  switch (transport) {
    case "unix":
      return { client: await connectLocal(plan, place, options) };
    case "tcp":
      return { client: await connectTcp({ host: host || "localhost", port: port ?? tcpPort }, signal) };
    case "tls": {
      const credentials = await clientCertificates(plan, place);
      const to = { host: host || "localhost", port: port ?? tlsPort };
      return {
        client: await connectTls(to, { credentials, verifyServer: !isOn(plan, "no_verify") }, signal),
      };
    }
    case "ssh": {
      const socket = chooseSocket(plan, place, { readOnly, local: false });
      return openCommand(sshCommand(plan, socket.path, readOnly), place.env);
    }
    case "ext":
      if (plan.params.command === undefined)
        throw badUri("remote_open: for 'ext' transport, command is required");
      return openCommand([plan.params.command], place.env);
    default:
      throw badUri(`${transport} transport support was not enabled`);
  }
}

async function connectLocal(
  plan: Plan,
  place: Place,
  { signal, readOnly = false }: OpenOptions,
): Promise<RpcClient> {
  const { path } = await localSocket(plan, { readOnly, place, signal });
  return RpcClient.connect(path, signal && { signal });
}

async function askFor(plan: Plan, { credentials, env = process.env }: OpenOptions): Promise<Credentials> {
  const known = await credentialsFor(plan, env);
  if (known !== undefined) return known;
  if (credentials === undefined)
    throw badUri("the daemon wants a name and a password, and nobody knows them");
  return credentials({ host: plan.host || "localhost", user: plan.user });
}
