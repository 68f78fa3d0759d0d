import type { Transport } from "@libvirt-ts/client";

/** Names of rows: procedures called, events received. */
export interface Calls {
  readonly procedures: Set<string>;
  readonly events: Set<string>;
}

export const noCalls = (): Calls => ({ procedures: new Set(), events: new Set() });

/** A transport that notes what passes it. */
export function recorded(transport: Transport, { procedures, events }: Calls): Transport {
  return {
    get isOpen() {
      return transport.isOpen;
    },
    get closed() {
      return transport.closed;
    },
    call(row, args, options) {
      procedures.add(row.name);
      return transport.call(row, args, options);
    },
    callWithFds(row, args, options) {
      procedures.add(row.name);
      return transport.callWithFds(row, args, options);
    },
    openStream(row, args, options) {
      procedures.add(row.name);
      return transport.openStream(row, args, options);
    },
    onEvent: (row, listener) =>
      transport.onEvent(row, (message) => {
        events.add(row.name);
        listener(message);
      }),
    close: () => transport.close(),
  };
}
