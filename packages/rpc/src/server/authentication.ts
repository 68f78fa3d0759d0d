import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { AuthType, Max, type remote } from "@libvirt-ts/protocol";
import type { AuthMethod, Client, Handlers, SaslExchange, SaslStep } from "./types.ts";

const authTypes: Readonly<Record<AuthMethod, number>> = {
  none: AuthType.NONE,
  sasl: AuthType.SASL,
  polkit: AuthType.POLKIT,
};

/** A client between SASL_INIT and the end of the exchange. */
interface SaslState {
  readonly mechanisms: readonly string[];
  exchange?: SaslExchange;
  /** A step is being worked on; a client that sends another one is up to something. */
  busy: boolean;
}
const saslState = Symbol("SASL");

/** The part of the remote program that is allowed before a client has authenticated. */
export const authentication: Pick<
  Handlers<typeof remote.procs>,
  "authList" | "authSaslInit" | "authSaslStart" | "authSaslStep" | "authPolkit"
> = {
  /** With polkit this very call lets root in, and so must be root's first. */
  authList(_, { client }) {
    if (client.auth === "polkit" && client.peer.uid === 0) {
      client.authenticated = true;
      return { types: [AuthType.NONE] };
    }
    return { types: [authTypes[client.auth]] };
  },

  authSaslInit(_, { client }) {
    const { authenticator, local } = client;
    const mechanisms = authenticator?.method === "sasl" ? authenticator.mechanisms(client) : [];
    if (mechanisms.length === 0 || local.has(saslState)) throw refused();
    local.set(saslState, { mechanisms, busy: false } satisfies SaslState);
    return { mechlist: mechanisms.join(",") };
  },

  authSaslStart({ mech, nil, data }, { client }) {
    return saslStep(client, async (state) => {
      const { authenticator } = client;
      if (authenticator?.method !== "sasl" || !state.mechanisms.includes(mech)) throw refused();
      state.exchange = await authenticator.start(mech, client);
      return state.exchange.step(nil !== 0 ? null : data);
    });
  },

  authSaslStep({ nil, data }, { client }) {
    return saslStep(client, ({ exchange }) => {
      if (exchange === undefined) throw refused();
      return exchange.step(nil !== 0 ? null : data);
    });
  },

  async authPolkit(_, { client }) {
    if (client.authenticator?.method !== "polkit") throw refused();
    await client.authenticator.check(client);
    client.authenticated = true;
    return { complete: 1 };
  },
};

/** Any failure ends the exchange and is told alike; the log knows more. */
async function saslStep(client: Client, run: (state: SaslState) => SaslStep | Promise<SaslStep>) {
  const { local } = client;
  const state = local.get(saslState) as SaslState | undefined; // only authSaslInit puts one there
  if (state === undefined || state.busy) throw refused();
  state.busy = true;
  try {
    const { data, user } = await run(state);
    if (data !== null && data.length > Max.AUTH_SASL_DATA) throw new TypeError("too long for a SASL step");
    if (user !== undefined) {
      client.identity = { ...client.identity, saslUserName: user };
      client.authenticated = true;
      local.delete(saslState);
    }
    state.busy = false;
    return { complete: user === undefined ? 0 : 1, nil: data === null ? 1 : 0, data: data ?? noData };
  } catch (cause) {
    local.delete(saslState);
    throw refused({ cause });
  }
}

const noData = new Uint8Array(0);

const refused = (options?: ErrorOptions): VirError =>
  new VirError(ErrorDomain.RPC, ErrorCode.AUTH_FAILED, "authentication failed", options);
