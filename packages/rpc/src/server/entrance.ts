import { ErrorCode, ErrorDomain, internal, VirError } from "@libvirt-ts/errors";
import { type CallRow, lxc, qemu, remote } from "@libvirt-ts/protocol";
import { authentication } from "./authentication.ts";
import { Feature, readIdentity } from "./session.ts";
import type { Call, Client, Handlers, Service } from "./types.ts";

/** One of the drivers of a process, as CONNECT_OPEN chooses it. */
export interface DriverEntrance {
  /** Scheme of its URIs: "qemu". */
  readonly scheme: string;
  /**
   * What serves a client from now on; its own CONNECT_OPEN is called next and has the last word on the URI.
   * The same array for the same thing: it is looked through only once.
   */
  services(uri: string, client: Client): readonly Service[] | Promise<readonly Service[]>;
}

/** The scheme of a URI without host: others are for drivers that connect elsewhere, which we are not. */
const localUri = /^([a-z0-9.-]+):(?:\/\/(?:\/|$))?/i;

const openedBy = Symbol("driver");

/**
 * What a process with several drivers serves until a client says which of them it wants. From then on the client
 * has that driver alone, as if it had connected to a daemon of its own.
 * @param drivers the first one is for clients that do not say; access drivers are asked under its name until then
 */
export function entrance(drivers: readonly [DriverEntrance, ...DriverEntrance[]]): Service[] {
  const gate = (row: CallRow) => {
    if (row.conn !== undefined && !beforeOpen.has(row.name)) throw notOpen(row);
  };
  const handlers: Partial<Handlers<typeof remote.procs>> = {
    ...authentication,
    ...ownConnection,
    connectOpen: (args, call) => open(drivers, args, call),
  };
  return [
    {
      program: remote,
      handlers,
      errorDomain: ErrorDomain.REMOTE,
      gate,
      access: { driver: drivers[0].scheme.toUpperCase(), objectOf: () => null },
    },
    ...[qemu, lxc].map((program) => ({ program, handlers: {}, errorDomain: ErrorDomain.REMOTE, gate })),
  ];
}

/** Calls that say themselves what they need. */
const beforeOpen: ReadonlySet<string> = new Set([remote.procs.connectSupportsFeature.name]);

const notOpen = ({ conn }: CallRow) =>
  internal(ErrorDomain.RPC, conn === "hypervisor" ? "hypervisor connection not open" : "connection not open");

/** A driver that refuses leaves the client where it was. */
async function open(
  drivers: readonly [DriverEntrance, ...DriverEntrance[]],
  args: { name: string | null; flags: number },
  call: Call,
): Promise<undefined> {
  const { client } = call;
  if (client.local.has(openedBy)) throw internal(ErrorDomain.RPC, "connection already open");
  const name = args.name ?? "";
  const scheme = localUri.exec(name)?.[1]?.toLowerCase();
  const driver = name === "" ? drivers[0] : drivers.find((each) => each.scheme === scheme);
  if (driver === undefined) throw new VirError(ErrorDomain.NONE, ErrorCode.NO_CONNECT, name);
  client.local.set(openedBy, driver);
  try {
    const services = await driver.services(name, client);
    client.serveWith(services);
    await openerOf(services)({ ...args, name }, call);
  } catch (error) {
    client.serveWith(undefined);
    client.local.delete(openedBy);
    throw error;
  }
}

/** Every driver can be opened. */
function openerOf(services: readonly Service[]): Handlers<typeof remote.procs>["connectOpen"] {
  const own = services.find(({ program }) => program.number === remote.number);
  const found = (own?.handlers as Service<typeof remote.procs>["handlers"] | undefined)?.connectOpen; // by number
  if (found === undefined) throw new TypeError("a driver that cannot be opened");
  return found;
}

const ownConnection: Partial<Handlers<typeof remote.procs>> = {
  connectSupportsFeature({ feature }, { client, row }) {
    if (feature !== Feature.KEEPALIVE) throw notOpen(row);
    client.startKeepalive();
    return { supported: 1 };
  },
  connectSetIdentity({ params }, { client }) {
    client.identity = readIdentity(params);
  },
  connectClose(_, { client }) {
    client.closeWhenSent();
  },
};
