// Runs before superdough is loaded: it asks for the Web Audio classes at once.
import { installWebAudio } from "./context.js";
import { installKabelsalat } from "./kabelsalat.js";

installWebAudio();
installKabelsalat();
