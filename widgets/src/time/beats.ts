// How cycles are counted in beats, wherever people or devices count in beats.

export const BEATS_PER_CYCLE = 4;
