// The MIDI devices of this machine, as far as the browser lets a page at them.

/** A device that takes messages. */
export interface MidiPort {
  readonly id: string;
  readonly name: string | null;
  /** Sends a message at a time of `performance.now()`. Throws when the device is gone. */
  send(bytes: readonly number[], at_ms: number): void;
}

/** The devices there are; `onChange` hears when one comes or goes. */
export interface MidiPorts {
  list(): MidiPort[];
  onChange(listener: () => void): void;
}

/** What is used of a browser's `navigator`. */
export interface MidiNavigator {
  requestMIDIAccess?: (options: { sysex: boolean }) => Promise<MidiAccessLike>;
}

interface MidiAccessLike {
  outputs: { values(): Iterable<MidiPort> };
  onstatechange: ((event: never) => unknown) | null;
}

/** Why there is no MIDI, in a sentence for people. */
export class NoMidi extends Error {}

/** Asks the browser for MIDI, which may ask its user: only from a click. Throws `NoMidi`. */
export async function askForMidi(browser: MidiNavigator, isSecure: boolean): Promise<MidiPorts> {
  if (!isSecure) throw new NoMidi("Browsers give MIDI only to pages with https, or of this machine.");
  if (browser.requestMIDIAccess === undefined)
    throw new NoMidi("This browser has no MIDI. Chrome, Edge and Firefox on a computer have.");
  const access = await browser.requestMIDIAccess({ sysex: false }).catch((why: unknown) => {
    throw new NoMidi(refusalWords(why));
  });
  return {
    list: () => [...access.outputs.values()],
    onChange: (listener) => {
      access.onstatechange = listener;
    },
  };
}

function refusalWords(why: unknown): string {
  const name = why instanceof Error || why instanceof DOMException ? why.name : "";
  if (name === "NotAllowedError" || name === "SecurityError")
    return "MIDI was not allowed. Allow it for this page where the browser shows its address, and try again.";
  return "The browser found no MIDI on this machine.";
}
