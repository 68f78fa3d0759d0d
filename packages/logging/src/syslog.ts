import { formatText, type LogRecord } from "./line.ts";

/** LOG_DAEMON. */
export const daemonFacility = 3;

/** LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERR. */
export const severities = { 1: 7, 2: 6, 3: 4, 4: 3 } as const;

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** A log service cuts or refuses more than this. */
const maxBytes = 8192;

/** One datagram to /dev/log: `<27>Nov 23 03:26:22 NAME[PID]: text`, in local time, on one line. */
export function syslogMessage(record: LogRecord, name: string, pid: number): Buffer {
  const time = new Date(record.timeMs);
  const two = (value: number, pad = "0") => String(value).padStart(2, pad);
  const clock = `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
  const date = `${months[time.getMonth()]} ${two(time.getDate(), " ")} ${clock}`;
  const priority = (daemonFacility << 3) | severities[record.priority];
  const text = formatText(record).trimEnd().replaceAll("\n", "#012");
  return Buffer.from(`<${priority}>${date} ${name}[${pid}]: ${record.mod} : ${text}`, "utf8").subarray(
    0,
    maxBytes,
  );
}
