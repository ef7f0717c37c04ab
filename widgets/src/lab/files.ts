// `.strudel` files in JupyterLab: text with an icon of its own, coloured as JavaScript.

import type { LabIcon } from "./icon.js";

/** JupyterLab's registry of documents, as much of it as is used. */
export interface FileTypes {
  addFileType(type: {
    name: string;
    displayName: string;
    extensions: string[];
    mimeTypes: string[];
    contentType: "file";
    fileFormat: "text";
    icon: LabIcon;
  }): unknown;
}
/** JupyterLab's languages of editors, as much of it as is used. */
export interface EditorLanguages {
  addLanguage(language: {
    name: string;
    displayName: string;
    mime: string;
    extensions: string[];
    load(): Promise<unknown>;
  }): void;
  getLanguage(name: string): Promise<{ support?: unknown } | null>;
}

const MIME = "text/x-strudel";

/** Makes `.strudel` a kind of file that JupyterLab knows. */
export function knowStrudelFiles(types: FileTypes, languages: EditorLanguages | null, icon: LabIcon): void {
  types.addFileType({
    name: "strudel",
    displayName: "Strudel",
    extensions: [".strudel"],
    mimeTypes: [MIME],
    contentType: "file",
    fileFormat: "text",
    icon,
  });
  languages?.addLanguage({
    name: "strudel",
    displayName: "Strudel",
    mime: MIME,
    extensions: ["strudel"],
    load: async () => (await languages.getLanguage("javascript"))?.support,
  });
}
