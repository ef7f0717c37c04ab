// WAV files: what superdough's sampler decodes.

/** Encode channels of equal length as a 16-bit WAV file; samples beyond -1…1 are clipped. */
export function encodeWav(channels: readonly Float32Array[], sampleRate: number): ArrayBuffer {
  const first = channels[0];
  if (!first || channels.some((channel) => channel.length !== first.length)) {
    throw new RangeError("a WAV file needs at least one channel, and channels of equal length");
  }
  const bytes = first.length * channels.length * 2;
  const file = new ArrayBuffer(44 + bytes);
  const view = new DataView(file);
  const text = (at: number, word: string): void => {
    for (let index = 0; index < word.length; index++) view.setUint8(at + index, word.charCodeAt(index));
  };
  text(0, "RIFF");
  view.setUint32(4, 36 + bytes, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, channels.length, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, sampleRate * channels.length * 2, true);
  view.setUint16(32, channels.length * 2, true);
  view.setUint16(34, 16, true);
  text(36, "data");
  view.setUint32(40, bytes, true);
  for (const [index, channel] of channels.entries()) {
    let at = 44 + 2 * index;
    for (let frame = 0; frame < channel.length; frame++) {
      const sample = Math.max(-1, Math.min(1, channel[frame] as number));
      view.setInt16(at, Math.round(sample * 32767), true);
      at += 2 * channels.length;
    }
  }
  return file;
}
