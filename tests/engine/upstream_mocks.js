// What upstream's snapshot runtime replaces: on patterns all of these do nothing, labels included, and cpm() does not
// know the tempo. Put before an example so that its haps are those that upstream recorded.
for (const name of [
  'osc', 'csound', 'tone', 'webdirt', 'pianoroll', 'speak', 'wave', 'filter', 'adsr', 'webaudio', 'soundfont', 'tune',
  'midi', '_scope', '_spiral', '_pitchwheel', '_pianoroll', '_spectrum', 'markcss', 'p',
]) {
  Pattern.prototype[name] = function () { return this; };
}
register('cpm', (cpm, pattern) => pattern._fast(cpm / 60));
setcps = setcpm = samples = backgroundImage = csound = loadOrc = (value) => value;
