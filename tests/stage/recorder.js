// Put into a page that has a stage: its sound as samples, and where they are on the page's clock, measured twice.
window.record = (stage) => {
  const now_ms = () => performance.timeOrigin + performance.now();
  let blocks = [];
  // What the stage says is heard when, and when its blocks arrive: the quickest of them tells the same.
  let heard = [];
  let arrived_ms = Number.POSITIVE_INFINITY;
  const ends = [
    stage.on("captured", (block) => {
      blocks.push(block);
      arrived_ms = Math.min(arrived_ms, now_ms() - (block.frame / block.sample_rate) * 1000);
    }),
    stage.on("clock", ({ epoch_ms, audio_s }) => heard.push(epoch_ms - audio_s * 1000)),
  ];
  const base64 = (channels) => {
    let text = "";
    for (const channel of channels) {
      const bytes = new Uint8Array(channel.buffer, channel.byteOffset, channel.byteLength);
      text += String.fromCharCode(...bytes);
    }
    return btoa(text);
  };
  return {
    seconds: () => blocks.reduce((sum, { left, sample_rate }) => sum + left.length / sample_rate, 0),
    start: () => {
      blocks = [];
      heard = [];
      arrived_ms = Number.POSITIVE_INFINITY;
      stage.send({ kind: "capture", on: true });
    },
    stop: () => {
      stage.send({ kind: "capture", on: false });
      const [first] = blocks;
      heard.sort((a, b) => a - b);
      return {
        frame: first?.frame ?? 0,
        rate: first?.sample_rate ?? 0,
        left: base64(blocks.map(({ left }) => left)),
        heardFrom_ms: heard[heard.length >> 1] ?? 0,
        arrivedFrom_ms: arrived_ms,
      };
    },
    end: () => {
      for (const end of ends) end();
    },
  };
};
