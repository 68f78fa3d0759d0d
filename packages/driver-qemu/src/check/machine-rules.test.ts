import { expect, test } from "vitest";
import { checkStart } from "./check.ts";
import { capsWithout, read } from "./testing.ts";

const guest = (frequency: number) =>
  read({
    machine: "pc",
    beside: `<clock offset='utc'><timer name='tsc' frequency='${frequency}'/></clock>`,
    devices: "",
  });

test.each([
  [2_600_000_000, false, true],
  [2_600_650_000, false, true],
  [2_600_650_001, false, false],
  [2_599_349_999, false, false],
  [4_567_890_000, true, true],
])("a time stamp counter of %i Hz, scaled by the host: %s", (frequency, scaling, isFine) => {
  const hostCounter = () => ({ hertz: 2_600_000_000, scaling });
  const start = () => checkStart(guest(frequency), capsWithout([]), { hostCounter });
  if (isFine) expect(start).not.toThrow();
  else
    expect(start).toThrow(
      `Requested TSC frequency ${frequency} Hz is outside tolerance range ([2599350000, 2600650000] Hz) around host frequency 2600000000 Hz`,
    );
});
