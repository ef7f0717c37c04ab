// Reading WAV files: PCM of 8 to 32 bits and floats, any number of channels.

export interface Sound {
  sampleRate: number;
  channels: Float32Array[];
}

interface Format {
  isFloat: boolean;
  channels: number;
  sampleRate: number;
  bits: number;
}

function word(view: DataView, at: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map((index) => view.getUint8(at + index)));
}

function readFormat(view: DataView, at: number, bytes: number): Format {
  let code = view.getUint16(at, true);
  // "Extensible" files keep the real code at the start of a longer one.
  if (code === 0xfffe && bytes >= 26) code = view.getUint16(at + 24, true);
  const format = {
    isFloat: code === 3,
    channels: view.getUint16(at + 2, true),
    sampleRate: view.getUint32(at + 4, true),
    bits: view.getUint16(at + 14, true),
  };
  if (code !== 1 && code !== 3) throw new RangeError("only PCM and float WAV files can be read");
  if (!(format.isFloat ? [32, 64] : [8, 16, 24, 32]).includes(format.bits)) {
    throw new RangeError(`${format.bits} bits in a WAV file cannot be read`);
  }
  if (format.channels < 1 || format.sampleRate < 3000) throw new RangeError("this WAV file has no sound");
  return format;
}

function reader(view: DataView, { isFloat, bits }: Format): (at: number) => number {
  if (isFloat) return bits === 32 ? (at) => view.getFloat32(at, true) : (at) => view.getFloat64(at, true);
  if (bits === 8) return (at) => (view.getUint8(at) - 128) / 128;
  if (bits === 16) return (at) => view.getInt16(at, true) / 32768;
  if (bits === 32) return (at) => view.getInt32(at, true) / 2147483648;
  return (at) => (view.getUint16(at, true) + view.getInt8(at + 2) * 65536) / 8388608;
}

/** Decode a WAV file. Throws RangeError for anything else, in words. */
export function decodeWav(file: ArrayBuffer): Sound {
  const view = new DataView(file);
  if (file.byteLength < 12 || word(view, 0) !== "RIFF" || word(view, 8) !== "WAVE") {
    throw new RangeError("this is no WAV file");
  }
  let format: Format | null = null;
  for (let at = 12; at + 8 <= file.byteLength; ) {
    const name = word(view, at);
    const bytes = Math.min(view.getUint32(at + 4, true), file.byteLength - at - 8);
    if (name === "fmt " && bytes >= 16) format = readFormat(view, at + 8, bytes);
    if (name === "data" && format) return readData(view, at + 8, bytes, format);
    at += 8 + bytes + (bytes % 2);
  }
  throw new RangeError("this WAV file has no sound");
}

function readData(view: DataView, start: number, bytes: number, format: Format): Sound {
  const width = format.bits / 8;
  const frames = Math.floor(bytes / (width * format.channels));
  if (frames === 0) throw new RangeError("this WAV file has no sound");
  const read = reader(view, format);
  const channels = Array.from({ length: format.channels }, () => new Float32Array(frames));
  for (let frame = 0; frame < frames; frame++) {
    for (const [index, channel] of channels.entries()) {
      channel[frame] = read(start + (frame * format.channels + index) * width);
    }
  }
  return { sampleRate: format.sampleRate, channels };
}
