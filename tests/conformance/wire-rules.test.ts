import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const server = "packages/rpc/src/server/server.test.ts";
const rules = "packages/rpc/src/server/wire-rules.test.ts";
const session = "packages/rpc/src/server/session.test.ts";
const stream = "packages/rpc/src/server/stream.test.ts";
const login = "packages/rpc/src/server/authentication.test.ts";
const recorded = "packages/rpc/src/server/recorded.test.ts";
const forward = "packages/rpc/src/server/forward.test.ts";
const splitter = "packages/rpc/src/splitter.test.ts";
const client = "packages/rpc/src/client/rpc-client.test.ts";
const net = "packages/rpc/src/net/net.test.ts";
const xdr = "packages/xdr/src/coding.test.ts";
const registrations = "packages/objects/src/event-registrations.test.ts";
const events = "packages/hypervisor/src/domain-events.test.ts";
const chassis = "tests/system/chassis.test.ts";
const driver = "tests/system/driver-chassis.test.ts";
const lockd = "tests/system/virtlockd.test.ts";
const logd = "tests/system/virtlogd.test.ts";
const logRules = "tests/conformance/log-rules.test.ts";
const overload = "tests/system/overload.test.ts";

/**
 * The rules that the .x files do not tell, by section, and the test that shows each. A test that is renamed or goes
 * must be replaced here too.
 */
const shownBy: readonly (readonly [section: number, rule: string, file: string, title: string])[] = [
  [1, "bytes after a NUL are lost", rules, "bytes after a NUL are lost"],
  [1, "strings need not be UTF-8", rules, "strings need not be UTF-8"],
  [1, "pad bytes are not checked", rules, "pad bytes are not checked"],
  [1, "bytes behind the last field are ignored", rules, "bytes behind the last field are ignored"],
  [1, "char arrays are arrays of numbers", xdr, "char arrays hold text"],
  [1, "a bound exceeded is an error", xdr, "a string's limit"],
  [2, "lengths below 28 and above 32 MiB + 4 close at once", splitter, "length word %i is fatal"],
  [2, "the largest length is waited for", splitter, "the largest length is waited for"],
  [2, "messages come in any pieces", splitter, "in reads of %i bytes"],
  [2, "TLS: a byte after the handshake", net, "a client with a certificate"],
  [3, "serials are the client's", rules, "are the client's business"],
  [3, "replies come out of order", server, "replies leave in one send, out of order where handlers wait"],
  [3, "events carry serial 1", server, "serial 1, the same bytes by both ways"],
  [4, "the fields of an error", server, "the error carries libvirt's template and numbers"],
  [4, "system errors carry errno", rules, "of the system: the errno beside the text"],
  [
    4,
    "unsupported calls name the API",
    server,
    "not supported by the connection driver: virConnectGetVersion",
  ],
  [4, "unknown flags name the function", rules, "unknown flags name the function"],
  [4, "a call of an unknown program", server, "unknown program"],
  [4, "another message of an unknown program", server, "unknown program, MESSAGE"],
  [4, "an unknown procedure", server, "unknown procedure"],
  [4, "a status other than OK", server, "status other than OK"],
  [4, "REPLY, MESSAGE, STREAM of nothing", server, "STREAM without a stream"],
  [4, "33 descriptors", server, "33 descriptors"],
  [4, "descriptors nobody wants", server, "sent to a call that wants none: executed, closed"],
  [4, "before authentication", server, "before authentication"],
  [4, "before CONNECT_OPEN", server, "before CONNECT_OPEN"],
  [4, "CONNECT_OPEN twice", recorded, "opened twice"],
  [5, "what every client asks", session, "what every client asks"],
  [5, "features of each daemon", rules, "its type, its version, its features"],
  [5, "URIs of each daemon", rules, "daemon is asked to open %s"],
  [5, "CONNECT_CLOSE answers first", server, "CONNECT_CLOSE: reply first, then the end"],
  [5, "secondary calls go on under the client's name", forward, "are passed on under the client's name"],
  [5, "readers stay readers there", forward, "a read-only client stays one"],
  [5, "SET_IDENTITY replaces the identity", session, "SET_IDENTITY replaces the identity"],
  [6, "AUTH_LIST has one entry", login, "exactly one entry"],
  [6, "even root must ask for it", login, "root must ask for it"],
  [6, "polkit's actions and errors", login, "allowed; read-only %s asks for %s"],
  [6, "SASL: nil is not empty", login, "nil, not empty"],
  [6, "SASL: failures look alike", login, "refused, may try again from INIT"],
  [6, "SASL on plain TCP needs a layer", net, "no mechanism is strong enough"],
  [6, "readers change nothing", session, "looking is allowed, changing is not"],
  [7, "PING is always answered", server, "PING is answered %s"],
  [7, "nothing before feature 10", rules, "nothing before feature 10 is asked for"],
  [7, "the schedule", rules, "then pings after 5, 10, 15, 20, 25 s of silence, the end after 30"],
  [7, "every packet starts it over", rules, "%s starts it over"],
  [7, "interval -1", rules, "interval -1 never pings"],
  [8, "callback ids count up over clients", registrations, "ids count up over clients and are never reused"],
  [8, "the same event twice, either style", registrations, "same event, other style"],
  [8, "old and new style", events, "old and new style of one event"],
  [8, "event ids out of range", events, `["old", 16]`],
  [8, "who leaves takes registrations along", events, "a client that leaves takes its registrations along"],
  [9, "download", stream, "reply first, data in packets of at most 262120 bytes"],
  [9, "one packet in flight", stream, "one packet in flight"],
  [9, "abort", stream, "abort: answered OK"],
  [9, "upload", stream, "data, then finish is confirmed once all was taken"],
  [9, "slow sinks stop the socket", stream, "a slow sink stops the reading of the socket"],
  [9, "an empty packet ends the data", stream, "an empty packet ends the data, not the stream"],
  [9, "holes", stream, "both ways on a sparse stream"],
  [9, "holes where none belong", stream, "on a stream that is not sparse the client is dropped"],
  [9, "packets of a stream that is over", rules, "one for a stream that is over is dropped"],
  [10, "one byte and one descriptor each", server, "each on a byte of its own behind the message"],
  [10, "on the message itself", splitter, "on the message itself"],
  [10, "with the message's read", splitter, "dummy in the message's read"],
  [10, "errors carry none", server, "an error reply carries none and they are closed"],
  [10, "32 at most", rules, "more than 32 descriptors cannot be sent"],
  [11, "unknown types of parameters", xdr, "a discriminant"],
  [12, "max_clients: accepting stops", client, "max_clients: the next one waits until one has gone"],
  [12, "no descriptors left: a pause", client, "out of descriptors: accepting pauses"],
  [12, "max_client_requests", server, "max_client_requests: no more is served, all is in the end"],
  [12, "a flood", overload, "5,000 clients come at once"],
  [13, "sockets of each kind of daemon", driver, "sockets: read-write, read-only, admin"],
  [13, "names of descriptors", chassis, "socket activation without names is refused"],
  [13, "--timeout", chassis, "--timeout: ends when unused, not while a client is there"],
  [13, "HUP", driver, "SIGHUP reloads and tells the service manager"],
  [13, "USR1 is not for driver daemons", driver, "SIGUSR1 is no command for a driver daemon"],
  [14, "wrong types are fatal", chassis, "a wrong type in the configuration is fatal, with line and column"],
  [14, "unknown keys are told", chassis, "an unknown key is warned about, once"],
  [15, "virtlockd's replies", lockd, "replies are those of the C daemon, byte for byte"],
  [15, "USR1", lockd, "SIGUSR1: locks and connections stay"],
  [16, "procedure by procedure, beside the C daemon", logRules, "%s virtlogd"],
  [16, "virtlogd's replies", logd, "replies are those of the C daemon, byte for byte"],
  [16, "rotation", logd, "rolls over at line ends"],
  [16, "an open file keeps it alive", logd, "an open log keeps an idle daemon alive"],
];

const read = (file: string) => readFileSync(fileURLToPath(new URL(`../../${file}`, import.meta.url)), "utf8");

test.each(shownBy)("%i: %s (%s)", (_section, _rule, file, title) => {
  expect(read(file)).toContain(title);
});

test("each section has rows", () => {
  expect([...new Set(shownBy.map(([section]) => section))]).toEqual(
    Array.from({ length: 16 }, (_, i) => i + 1),
  );
});
