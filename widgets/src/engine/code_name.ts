// How frames of pattern code are told from the library's in a stack trace. V8 gives the name; QuickJS gives every
// frame the same name, so pattern code also starts on a line that no bundle reaches.

/** The name that frames of pattern code have in V8. */
export const CODE_NAME = "strudel-code";

/** Where the user's first line is, counted from 1, in what runs. */
export const FIRST_LINE = 1001;
