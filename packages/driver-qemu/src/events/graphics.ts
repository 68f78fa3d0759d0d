import type { EventContext } from "./qmp-events.ts";

/** `virDomainEventGraphicsPhase`. */
const phases = { connect: 0, initialize: 1, disconnect: 2 } as const;
/** `virDomainEventGraphicsAddressType`, by QEMU's words. */
const families: Readonly<Record<string, number>> = { ipv4: 0, ipv6: 1, unix: 2 };

interface Endpoint {
  host?: string;
  service?: string;
  family?: string;
  auth?: string;
  sasl_username?: string;
  x509_dname?: string;
}

/** A display client came or went. */
export function graphicsClient(
  { driver, domain }: EventContext,
  phase: keyof typeof phases,
  data: Readonly<Record<string, unknown>>,
): void {
  const server = (data.server ?? {}) as Endpoint; // by QEMU's schema
  const client = (data.client ?? {}) as Endpoint; // by QEMU's schema
  const address = ({ family = "", host = "", service = "" }: Endpoint) => ({
    family: families[family] ?? 0,
    node: host,
    service,
  });
  const subject = [];
  if (client.x509_dname !== undefined) subject.push({ type: "x509dname", name: client.x509_dname });
  if (client.sasl_username !== undefined) subject.push({ type: "saslUsername", name: client.sasl_username });
  driver.events.emit("graphics", domain, {
    phase: phases[phase],
    local: address(server),
    remote: address(client),
    authScheme: server.auth ?? "",
    subject,
  });
}
