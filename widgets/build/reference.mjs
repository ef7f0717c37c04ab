// Makes static/reference.json: what each function is called, takes, does and looks like in use, read from the
// JSDoc of the npm packages' own sources. The editor's help, `%algorave docs` and the corpus tests read it.
import { readdir, readFile, writeFile } from "node:fs/promises";
import { parse } from "comment-parser";
import { ROOT, STATIC } from "../build.mjs";
import { OWN_ENTRIES } from "./reference_own.mjs";

const PACKAGES = [
  "@strudel/core",
  "@strudel/mini",
  "@strudel/tonal",
  "@strudel/xen",
  "@strudel/draw",
  "@strudel/transpiler",
  "@strudel/webaudio",
  "superdough",
];
const HIDDEN_TAGS = new Set(["noAutocomplete", "private", "deprecated", "superdirtOnly", "class"]);
const COMMENT = /\/\*\*[\s\S]*?\*\/\s*([^\n]*)/g;
// Where the name is when there is no @name: the line of code below the comment.
const NAMED_BELOW = [
  /^export (?:const|let|function\*?|async function) \{?\s*([\w$]+)/,
  /^Pattern\.prototype\.([\w$]+)\s*=/,
  /^(?:export )?(?:register|registerControl)\(\s*\[?\s*['"]([\w$]+)['"]/,
];

const tagged = (block, tag) => block.tags.filter((each) => each.tag === tag);

function text(...parts) {
  return parts
    .filter(Boolean)
    .join(" ")
    .replace(/^\*+\s*/, "")
    .replace(/\{@link ([^}|]+)(?:\|([^}]+))?\}/g, (_, name, label) => label ?? name)
    .trim();
}

function nameOf(block, below) {
  const tag = tagged(block, "name")[0];
  if (tag) return tag.name;
  for (const pattern of NAMED_BELOW) {
    const found = pattern.exec(below.trim());
    if (found) return found[1];
  }
  return null;
}

function params(block) {
  return tagged(block, "param").map((tag) => ({
    name: tag.name,
    type: tag.type.trim(),
    description: text(tag.description.replace(/^[-–]\s*/, "")),
  }));
}

/** An example keeps its line breaks, so it is cut from the source lines, not from the joined description. */
function examples(block) {
  return tagged(block, "example").map((tag) =>
    tag.source
      .map(({ tokens: t }) => {
        const indent = t.tag ? "" : t.postDelimiter.slice(1);
        const words = [t.type, t.postType, t.name, t.postName, t.description].join("");
        return t.delimiter === "*/" ? "" : indent + words;
      })
      .join("\n")
      .trim(),
  );
}

function entry(block, below, source) {
  if (block.tags.some((tag) => HIDDEN_TAGS.has(tag.tag))) return null;
  const name = nameOf(block, below);
  const description = text(block.description);
  if (!name || !/^[\w$]+$/.test(name) || !(description || tagged(block, "example").length)) return null;
  const synonyms = tagged(block, "synonyms").flatMap((tag) =>
    `${tag.name} ${tag.description}`.split(/[,\s]+/).filter(Boolean),
  );
  return { name, synonyms, params: params(block), description, examples: examples(block), package: source };
}

async function entriesOf(source) {
  const folder = `${ROOT}node_modules/${source}/`;
  const found = [];
  for (const file of (await readdir(folder)).filter((each) => each.endsWith(".mjs")).sort()) {
    const code = await readFile(folder + file, "utf8");
    for (const [comment, below] of code.matchAll(COMMENT)) {
      const block = parse(comment, { spacing: "preserve" })[0];
      const made = block && entry(block, below, source);
      if (made) found.push(made);
    }
  }
  return found;
}

/** The fuller of two entries with one name wins; their examples are joined. */
function merge(entries) {
  const byName = new Map();
  for (const each of entries) {
    const known = byName.get(each.name);
    if (!known) byName.set(each.name, each);
    else if (each.description.length > known.description.length)
      byName.set(each.name, { ...each, examples: [...new Set([...each.examples, ...known.examples])] });
    else known.examples = [...new Set([...known.examples, ...each.examples])];
  }
  return [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

export async function build() {
  const functions = merge([...(await Promise.all(PACKAGES.map(entriesOf))).flat(), ...OWN_ENTRIES]);
  await writeFile(`${STATIC}reference.json`, JSON.stringify({ version: 1, functions }));
}
