import { checkFlags, ErrorDomain } from "@libvirt-ts/errors";
import { log } from "@libvirt-ts/protocol";
import { encoded, type Service } from "@libvirt-ts/rpc/server";
import { formatUuid } from "@libvirt-ts/util/uuid";
import { encode, string } from "@libvirt-ts/xdr";
import { checkReadLength, type OpenLogs } from "./open-logs.ts";

/** VIR_LOG_MANAGER_PROTOCOL_STRING_MAX: bytes of text a reply carries. */
const maxText = 4_194_304;
const text = string(maxText);
/** VIR_LOG_MANAGER_PROTOCOL_DOMAIN_OPEN_LOG_FILE_TRUNCATE */
const flagTruncate = 1;

/** The log program over a set of open logs. */
export function logService(logs: OpenLogs): Service<typeof log.procs> {
  return {
    program: log,
    errorDomain: ErrorDomain.LOGGING,
    handlers: {
      async domainOpenLogFile({ driver, dom, path, flags }, call) {
        const owner = { driver, domainName: dom.name, domainUuid: formatUuid(dom.uuid) };
        const { position, writeEnd } = await logs.open(path, owner, (flags & flagTruncate) !== 0);
        call.replyWithFds([writeEnd]);
        return { pos: position };
      },
      async domainGetLogFilePosition({ path, flags }) {
        checkFlags(flags, 0, "virLogHandlerDomainGetLogFilePosition", ErrorDomain.LOGGING);
        return { pos: await logs.position(path) };
      },
      async domainReadLogFile({ path, pos, maxlen, flags }) {
        const maxBytes = checkReadLength(maxlen, maxText);
        checkFlags(flags, 0, "virLogHandlerDomainReadLogFile", ErrorDomain.LOGGING);
        return encoded(stringBody(await logs.read(path, pos, maxBytes)));
      },
      async domainAppendLogFile({ path, message, flags }) {
        checkFlags(flags, 0, "virLogHandlerDomainAppendLogFile", ErrorDomain.LOGGING);
        await logs.append(path, textBytes(message));
        return { ret: 0 };
      },
    },
  };
}

/** The bytes a string had on the wire, also where they are not UTF-8. */
function textBytes(message: string): Uint8Array {
  const body = encode(text, message);
  return body.subarray(4, 4 + new DataView(body.buffer, body.byteOffset).getUint32(0));
}

const blank = 0x20;

/**
 * A reply that is one string, made of raw bytes. A NUL would end the string for a C client, so it becomes a blank;
 * offsets stay right. // differs: C cuts the text there
 */
function stringBody(bytes: Buffer): Uint8Array {
  const body = Buffer.alloc(4 + Math.ceil(bytes.length / 4) * 4);
  body.writeUInt32BE(bytes.length);
  bytes.copy(body, 4);
  for (let at = body.indexOf(0, 4); at >= 4 && at < 4 + bytes.length; at = body.indexOf(0, at))
    body[at] = blank;
  return body;
}
