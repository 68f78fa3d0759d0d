import type { Audio } from "@libvirt-ts/conf/domain";
import type { Props } from "../command/types.ts";

const drivers: Readonly<Record<string, string>> = { pulseaudio: "pa", file: "wav" };

/** The `-audiodev` of a backend. */
export function audioProps(audio: Audio): Props {
  const kind = kindProps(audio);
  return {
    id: `audio${audio.id}`,
    driver: drivers[audio.type] ?? audio.type,
    "timer-period": audio.timerPeriod || undefined,
    ...kind.own,
    in: wayProps(audio.input, kind.input),
    out: wayProps(audio.output, kind.output),
  };
}

type Way = NonNullable<Audio["input"]>;

function wayProps(way: Way | undefined, own: Props): Props | undefined {
  if (way === undefined) return undefined;
  const props: Props = {
    "mixing-engine": way.mixingEngine,
    "fixed-settings": way.fixedSettings,
    voices: way.voices || undefined,
    "buffer-length": way.bufferLength || undefined,
    frequency: way.settings?.frequency || undefined,
    channels: way.settings?.channels || undefined,
    format: way.settings?.format,
    ...own,
  };
  return Object.values(props).some((value) => value !== undefined) ? props : undefined;
}

interface KindProps {
  own: Props;
  input: Props;
  output: Props;
}

/** What only one kind of backend has. */
function kindProps(audio: Audio): KindProps {
  switch (audio.type) {
    case "alsa":
      return { own: {}, input: { dev: audio.input?.dev }, output: { dev: audio.output?.dev } };
    case "coreaudio":
    case "sdl":
      return {
        own: {},
        input: { "buffer-count": audio.input?.bufferCount || undefined },
        output: { "buffer-count": audio.output?.bufferCount || undefined },
      };
    case "jack": {
      const ends = (way: typeof audio.input): Props => ({
        "server-name": way?.serverName,
        "client-name": way?.clientName,
        "connect-ports": way?.connectPorts,
        "exact-name": way?.exactName,
      });
      return { own: {}, input: ends(audio.input), output: ends(audio.output) };
    }
    case "oss": {
      const ends = (way: typeof audio.input): Props => ({
        dev: way?.dev,
        "buffer-count": way?.bufferCount || undefined,
        "try-poll": way?.tryPoll,
      });
      const own = {
        "try-mmap": audio.tryMMap,
        exclusive: audio.exclusive,
        "dsp-policy": audio.dspPolicy || undefined,
      };
      return { own, input: ends(audio.input), output: ends(audio.output) };
    }
    case "pulseaudio":
    case "pipewire": {
      const ends = (way: typeof audio.input): Props => ({
        name: way?.name,
        "stream-name": way?.streamName,
        latency: way?.latency || undefined,
      });
      return {
        own: { server: audio.type === "pulseaudio" ? audio.serverName : undefined },
        input: ends(audio.input),
        output: ends(audio.output),
      };
    }
    case "file":
      return { own: { path: audio.path }, input: {}, output: {} };
    case "dbus":
      // The client at the other end mixes.
      return { own: {}, input: {}, output: {} };
    default:
      return { own: {}, input: {}, output: {} };
  }
}
