import type { Message, MessageBus } from "@particle/dbus-next";
import type { Answer, Authority, Question } from "./authority.ts";

/** Backstop for a bus that dies without a word; nobody types a password for longer. */
const patienceMs = { interactive: 300_000, silent: 25_000 };
const allowInteraction = 1;

export const systemBusAddress = "unix:path=/run/dbus/system_bus_socket";

/**
 * polkitd on the system bus. The D-Bus library is loaded and the bus joined by the first question;
 * a lost bus is joined anew by the next one.
 */
export class DBusAuthority implements Authority {
  readonly #address: string;
  #bus: Promise<Bus> | undefined;

  constructor(address = systemBusAddress) {
    this.#address = address;
  }

  async check(question: Question): Promise<Answer> {
    this.#bus ??= Bus.join(this.#address, () => {
      this.#bus = undefined;
    });
    const bus = await this.#bus;
    const reply = await bus.call(
      callOf(question),
      question.interactive ? patienceMs.interactive : patienceMs.silent,
    );
    return readAnswer(reply.body);
  }

  close(): void {
    const bus = this.#bus;
    this.#bus = undefined;
    bus?.then(
      (each) => each.leave(),
      () => {}, // never joined; the question has told why
    );
  }
}

interface BusCall {
  member: string;
  signature: string;
  body(library: Library): unknown[];
}

function callOf({ action, subject, details = {}, interactive }: Question): BusCall {
  return {
    member: "CheckAuthorization",
    signature: "(sa{sv})sa{ss}us",
    body: ({ Variant }) => [
      [
        "unix-process",
        {
          pid: new Variant("u", subject.pid),
          "start-time": new Variant("t", subject.startTime),
          uid: new Variant("i", subject.uid),
        },
      ],
      action,
      details,
      interactive ? allowInteraction : 0,
      "",
    ],
  };
}

/** `(bba{ss})` */
function readAnswer(body: unknown): Answer {
  const [result] = Array.isArray(body) ? body : [];
  const [isAuthorized, isChallenge, details] = Array.isArray(result) ? result : [];
  if (typeof isAuthorized !== "boolean" || typeof isChallenge !== "boolean") {
    throw new Error("polkit gave no answer that we understand");
  }
  const texts = Object.entries(Object(details)).map(([key, value]) => [key, String(value)]);
  return { isAuthorized, isChallenge, details: Object.fromEntries(texts) };
}

type Library = typeof import("@particle/dbus-next");

/** A connection to the bus that fails as a whole. */
class Bus {
  readonly #library: Library;
  readonly #bus: MessageBus;
  readonly #onLost: () => void;
  readonly #waiting = new Set<(error: Error) => void>();

  private constructor(library: Library, bus: MessageBus, onLost: () => void) {
    this.#library = library;
    this.#bus = bus;
    this.#onLost = onLost;
    bus.on("error", (error) => this.#fail(error instanceof Error ? error : new Error(String(error))));
  }

  static async join(busAddress: string, onLost: () => void): Promise<Bus> {
    try {
      const { default: library } = await import("@particle/dbus-next");
      const bus = new Bus(library, library.sessionBus({ busAddress }), onLost);
      await bus.#joined();
      return bus;
    } catch (error) {
      onLost();
      throw error;
    }
  }

  #joined(): Promise<void> {
    return this.#bounded(patienceMs.silent, (resolve) => this.#bus.on("connect", resolve));
  }

  call({ member, signature, body }: BusCall, timeoutMs: number): Promise<Message> {
    const message = new this.#library.Message({
      destination: "org.freedesktop.PolicyKit1",
      path: "/org/freedesktop/PolicyKit1/Authority",
      interface: "org.freedesktop.PolicyKit1.Authority",
      member,
      signature,
      body: body(this.#library),
    });
    return this.#bounded(timeoutMs, (resolve, reject) => {
      this.#bus.call(message).then((reply) => {
        if (reply === null) reject(new Error("no reply"));
        else resolve(reply);
      }, reject);
    });
  }

  leave(): void {
    this.#fail(new Error("the bus was left"));
  }

  /** A promise that fails with the bus, or when it takes too long. */
  #bounded<T>(
    timeoutMs: number,
    run: (resolve: (value: T) => void, reject: (error: Error) => void) => void,
  ): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    let abandon: ((error: Error) => void) | undefined;
    const settled = new Promise<T>((resolve, reject) => {
      abandon = reject;
      this.#waiting.add(reject);
      timer = setTimeout(() => this.#fail(new Error("no answer on the bus")), timeoutMs);
      run(resolve, reject);
    });
    return settled.finally(() => {
      clearTimeout(timer);
      if (abandon !== undefined) this.#waiting.delete(abandon);
    });
  }

  #fail(error: Error): void {
    this.#onLost();
    this.#bus.disconnect();
    for (const reject of [...this.#waiting]) reject(error);
  }
}
