// Put into a page that has a stage: its sound as samples, and when they are heard by the page's clock.
window.record = (stage) => {
  const now_ms = () => performance.timeOrigin + performance.now();
  let blocks = [];
  // Pairs of audio time and epoch time, in ms: what the stage says is heard when, and when its blocks arrive.
  let heard = [];
  let arrived = [];
  let clock = null;
  const ends = [
    stage.on("captured", (block) => {
      blocks.push(block);
      arrived.push([(block.frame / block.sample_rate) * 1000, now_ms()]);
    }),
    stage.on("clock", (news) => {
      clock = news;
      heard.push([news.audio_s * 1000, news.epoch_ms]);
    }),
  ];
  const base64 = (channels) => {
    let text = "";
    for (const channel of channels) {
      const bytes = new Uint8Array(channel.buffer, channel.byteOffset, channel.byteLength);
      text += String.fromCharCode(...bytes);
    }
    return btoa(text);
  };
  // What was recorded so far; what comes next goes on without a gap.
  const take = () => {
    const [first] = blocks;
    const taken = {
      frame: first?.frame ?? 0,
      rate: first?.sample_rate ?? 0,
      left: base64(blocks.map(({ left }) => left)),
      heard,
      arrived,
      clock,
    };
    blocks = [];
    heard = [];
    arrived = [];
    return taken;
  };
  return {
    take,
    seconds: () => blocks.reduce((sum, { left, sample_rate }) => sum + left.length / sample_rate, 0),
    start: () => {
      blocks = [];
      heard = [];
      arrived = [];
      stage.send({ kind: "capture", on: true });
    },
    stop: () => {
      stage.send({ kind: "capture", on: false });
      return take();
    },
    end: () => {
      for (const end of ends) end();
    },
  };
};
