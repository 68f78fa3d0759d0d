import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const server = "packages/rpc/src/server/server.test.ts";
const rules = "packages/rpc/src/server/wire-rules.test.ts";
const session = "packages/rpc/src/server/session.test.ts";
const stream = "packages/rpc/src/server/stream.test.ts";
const argumentRules = "packages/rpc/src/server/argument-rule.test.ts";
const parameters = "packages/rpc/src/server/parameter-rule.test.ts";
const rooms = "packages/hypervisor/src/calls/params-reply.test.ts";
const typedParams = "packages/protocol/src/typed-params.test.ts";
const vectors = "packages/protocol/src/vectors.test.ts";
const proxy = "packages/rpc/src/server/proxy.test.ts";
const target = "daemons/virtproxyd/src/target.test.ts";
const uris = "packages/client/src/uri.test.ts";
const access = "packages/rpc/src/server/access.test.ts";
const tlsStream = "packages/rpc/src/net/stream-socket.test.ts";
const clients = "tests/conformance/clients.test.ts";
const polkit = "tests/system/polkit.test.ts";
const polkitAccess = "tests/system/polkit-access.test.ts";
const virtAdmin = "tests/system/virt-admin.test.ts";
const python = "tests/conformance/python.test.ts";
const differential = "tests/conformance/differential/requests.ts";
const configKeys = "tools/dev/src/docs/config-keys.test.ts";
const documents = "tools/dev/src/docs/documents.test.ts";
const logging = "packages/logging/src/logging.test.ts";
const journal = "tests/system/journal.test.ts";
const paths = "packages/daemon/src/paths.test.ts";
const units = "tests/system/units.test.ts";
const servers = "packages/daemon/src/servers.test.ts";
const userDirectories = "packages/util/src/user-directories.test.ts";
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
  [
    1,
    "a bound exceeded while encoding is an error too",
    server,
    "a result that cannot be encoded is an error too",
  ],
  [1, "too few bytes: an error, and the connection stays", server, "payload too short"],
  [1, "recorded messages are read and written byte for byte", vectors, "errors survive as VirError"],
  [2, "lengths below 28 and above 32 MiB + 4 close at once", splitter, "length word %i is fatal"],
  [2, "the largest length is waited for", splitter, "the largest length is waited for"],
  [2, "messages come in any pieces", splitter, "in reads of %i bytes"],
  [2, "TLS: a byte after the handshake", net, "a client with a certificate"],
  [2, "TLS: C clients see one message a record", tlsStream, "are written one by one"],
  [2, "stream packets have 262120 bytes at most", stream, "data in packets of at most 262120 bytes"],
  [3, "serials are the client's", rules, "are the client's business"],
  [3, "replies come out of order", server, "replies leave in one send, out of order where handlers wait"],
  [3, "events carry serial 1", server, "serial 1, the same bytes by both ways"],
  [3, "keepalive carries serial 0", server, "type: MESSAGE, serial: 0, status: 0"],
  [3, "enums are not validated", server, "type 7"],
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
  [4, "errors for STREAM are of type STREAM", stream, "a failure is a STREAM error and the end"],
  [4, "errors for STREAM_HOLE are of type REPLY", stream, "one that cannot be decoded is refused by a REPLY"],
  [4, "a handler that fails in a way of its own", server, "what is thrown and is no VirError"],
  [
    4,
    "every kind of malformed input, against libvirtd",
    differential,
    "Headers and frames that nobody should send",
  ],
  [5, "what every client asks", session, "what every client asks"],
  [5, "features of each daemon", rules, "its type, its version, its features"],
  [5, "URIs of each daemon", rules, "daemon is asked to open %s"],
  [5, "CONNECT_CLOSE answers first", server, "CONNECT_CLOSE: reply first, then the end"],
  [5, "secondary calls go on under the client's name", forward, "are passed on under the client's name"],
  [5, "readers stay readers there", forward, "a read-only client stays one"],
  [5, "SET_IDENTITY replaces the identity", session, "SET_IDENTITY replaces the identity"],
  [5, "flags of CONNECT_OPEN that are the client's own", proxy, "C clients say so, and daemons do not care"],
  [5, "no name: the first hypervisor there is", target, "virtlxcd-sock"],
  [5, "virtproxyd passes the identity on", proxy, "the daemon knows who calls"],
  [5, "virtproxyd in a session", clients, "session, his own virtproxyd"],
  [5, "which socket a client takes", uris, "both there: the driver's own"],
  [5, "a daemon that went away is told", proxy, "the daemon dies: who asked is told"],
  [6, "AUTH_LIST has one entry", login, "exactly one entry"],
  [6, "even root must ask for it", login, "root must ask for it"],
  [6, "polkit's actions and errors", login, "allowed; read-only %s asks for %s"],
  [6, "SASL: nil is not empty", login, "nil, not empty"],
  [6, "SASL: failures look alike", login, "refused, may try again from INIT"],
  [6, "SASL on plain TCP needs a layer", net, "no mechanism is strong enough"],
  [6, "readers change nothing", session, "looking is allowed, changing is not"],
  [6, "polkit decides, by the files that we ship", polkit, "somebody whom a rule lets in"],
  [6, "access drivers: calls, lists", polkitAccess, "statistics are of those he sees"],
  [6, "certificates and names of TLS clients", net, "a client with a certificate"],
  [6, "who has not logged in and does nothing", login, "at the limit they are closed after a while"],
  [7, "PING is always answered", server, "PING is answered %s"],
  [7, "nothing before feature 10", rules, "nothing before feature 10 is asked for"],
  [7, "the schedule", rules, "then pings after 5, 10, 15, 20, 25 s of silence, the end after 30"],
  [7, "every packet starts it over", rules, "%s starts it over"],
  [7, "interval -1", rules, "interval -1 never pings"],
  [7, "lock and log daemon never ping", servers, "lock and log daemon"],
  [7, "a PING as CALL is an unknown program", server, "PING as CALL"],
  [8, "callback ids count up over clients", registrations, "ids count up over clients and are never reused"],
  [8, "the same event twice, either style", registrations, "same event, other style"],
  [8, "old and new style", events, "old and new style of one event"],
  [8, "event ids out of range", events, `["old", 16]`],
  [8, "who leaves takes registrations along", events, "a client that leaves takes its registrations along"],
  [8, "filtered by what a client may see", access, "events too, in their order"],
  [8, "the same with polkitd", polkitAccess, "events are of what one sees"],
  [8, "their order at a start", python, "resumed/0"],
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
  [10, "UNIX sockets only", rules, "a client that came by %s gets none"],
  [11, "unknown types of parameters", xdr, "a discriminant"],
  [11, "the numbers of the types", rules, "the number before the value, and back"],
  [11, "others are refused", rules, "there is no type %i"],
  [11, "names of 79 bytes at most", parameters, "too big for destination"],
  [11, "strings only for who understands them", rooms, "strings left out for who does not understand them"],
  [11, "room for none: the number alone", rooms, "without room: the number alone"],
  [11, "room for too many, or less than none", argumentRules, "nparams"],
  [11, "types and names of those that calls take", typedParams, "a list that does not fit is refused"],
  [
    11,
    "need_results, nparams, names, types against libvirtd",
    differential,
    "Typed parameters, as calls take them",
  ],
  [12, "max_clients: accepting stops", client, "max_clients: the next one waits until one has gone"],
  [12, "no descriptors left: a pause", client, "out of descriptors: accepting pauses"],
  [12, "max_client_requests", server, "max_client_requests: no more is served, all is in the end"],
  [12, "a flood", overload, "5,000 clients come at once"],
  [12, "no descriptors left, in earnest", overload, "out of descriptors: who is in is served"],
  [12, "1,000 slow readers", overload, "1,000 clients read no events"],
  [12, "who never logs in", overload, "500 clients never authenticate"],
  [12, "a call that waits delays no other", rules, "of other clients, however many wait"],
  [12, "lock and log daemon: one call after the other", servers, "maxClientRequests: 1"],
  [13, "sockets of each kind of daemon", driver, "sockets: read-write, read-only, admin"],
  [13, "names of descriptors", chassis, "socket activation without names is refused"],
  [13, "--timeout", chassis, "--timeout: ends when unused, not while a client is there"],
  [13, "HUP", driver, "SIGHUP reloads and tells the service manager"],
  [13, "USR1 is not for driver daemons", driver, "SIGUSR1 is no command for a driver daemon"],
  [13, "TERM, INT, QUIT", chassis, "clients see the end, files go, exit 0"],
  [13, "paths of the system and of users", paths, "a session without XDG_RUNTIME_DIR"],
  [13, "without XDG_RUNTIME_DIR", userDirectories, "userRuntimeDirectory"],
  [13, "the pid file is held", chassis, "a second daemon does not start and does no harm"],
  [13, "clients start a user's daemon", clients, "session, his own virtqemud"],
  [13, "units: sockets, notification, reload", units, "listens where clients look, under its own name"],
  [13, "servers and URIs of virt-admin", virtAdmin, "its commands, one after the other"],
  [14, "wrong types are fatal", chassis, "a wrong type in the configuration is fatal, with line and column"],
  [14, "unknown keys are told", chassis, "an unknown key is warned about, once"],
  [14, "every key there is", configKeys, "has libvirt's key %s"],
  [14, "every key of a wrong type", configKeys, "of another type is fatal, and the error says where"],
  [14, "values that do not go together", servers, "max_clients must not be smaller"],
  [14, "sample, lens and man page are current", documents, "is current"],
  [14, "log outputs", logging, "journal: structured fields"],
  [
    14,
    "log outputs, with a real journald",
    journal,
    "journald: text, priority, module and every fact as a field",
  ],
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
