"""The player's side: magics, the headless Strudel engine, the gate, the command line."""
