// Entries for what the packages document nowhere, in our own words.
const own = (name, description, params, examples, synonyms = []) => ({
  name,
  synonyms,
  params: params.map(([param, type, about]) => ({ name: param, type, description: about })),
  description,
  examples,
  package: "algorave",
});

export const OWN_ENTRIES = [
  own(
    "all",
    "Applies a function to everything the code plays: all labels together.",
    [["transform", "function", "gets the stack of all patterns, returns a pattern"]],
    ['$: s("bd*4")\n$: s("hh*8")\nall(x => x.room(.5))'],
  ),
  own(
    "cpm",
    "Plays this pattern at its own number of cycles per minute, whatever the tempo around it.",
    [["cycles", "number | Pattern", "cycles per minute"]],
    ['s("bd sd").cpm(45)'],
  ),
  own(
    "setcps",
    "Sets the tempo in cycles per second, for everything that plays. 0.5 is the default.",
    [["cps", "number", "cycles per second"]],
    ['setcps(.6)\n$: s("bd sd")'],
    ["setCps"],
  ),
  own(
    "slider",
    "A slider in the code: drag it and hear the change at once. The number in the text follows the slider.",
    [
      ["value", "number", "where it stands; this number is rewritten as you drag"],
      ["min", "number", "lowest value, 0 when left out"],
      ["max", "number", "highest value, 1 when left out"],
      ["step", "number", "smallest change"],
    ],
    ['s("sawtooth").lpf(slider(800, 200, 4000))'],
  ),
];
