"""How fast code becomes sound without a browser, and how fast the same haps do in one.

`python benchmarks/render.py [--json]`. Each pattern is rendered in turn by `render()` (a new process each
time, its start included) and by superdough in an OfflineAudioContext of headless Chromium (its start not
included). The best of three is told, as seconds of sound per second; for `render()` also per second of
processor time, which depends less on what else the machine does.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from algorave_kernel.render import render

ROOT = Path(__file__).parents[1]
SAMPLE_RATE = 44100
CYCLES = 16
ROUNDS = 3
CHROMIUM_ARGUMENTS = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking"]

PATTERNS = {
    "simple": 'note("c e g b").s("sawtooth").lpf(800)',
    "drums": 's("bd*4, [~ sd]*2, hh*8")',
    "ordinary": """
$: s("bd*4, [~ sd]*2, [hh hh oh hh]*2").bank("RolandTR909")
$: note("<c2 f2 g2 eb2>*2").s("sawtooth").lpf(600).lpenv(3).decay(.2)
$: note("<[c4,eb4,g4] [f4,ab4,c5]>").s("piano").room(.4).gain(.6)
$: n("0 2 4 6 7 4 2 0").scale("C:minor").s("triangle").delay(.3).pan(sine.slow(2))
""",
    "dense": """
$: s("bd*4, [~ sd]*2, hh*16").room(.2)
$: note("<c2 f2 g2 eb2>*8").s("supersaw").lpf(sine.range(300,2000).slow(4)).lpq(8).gain(.5)
$: note("<[c4,eb4,g4,bb4] [f4,ab4,c5,eb5]>*4").s("sawtooth").attack(.05).release(.4).lpf(1500).room(.6)
$: n("0 .. 7".fast(2)).scale("C:minor").s("square").delay(.5).jux(rev).crush(6).gain(.3)
$: n("0 2 4 7").fast(4).scale("C5:minor").s("sine").fm(3).fmdecay(.2).phaser(2).gain(.3)
$: s("cp*2, rim(3,8), cb(5,16)").distort(1.2).delay(.2).gain(.5)
$: note("c3*16").s("pulse").lpf(1200).lpenv(4).vowel("<a e i o>").gain(.3)
""",
}


def bundle() -> str:
    """Build the page's script."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "render_in_browser.js"
        command = ["node", "test/render_in_browser.mjs", str(target)]
        subprocess.run(command, cwd=ROOT / "widgets", check=True)
        return target.read_text(encoding="utf-8")


def in_browser(browser: Any, script: str, code: str) -> float:
    """Give the seconds that a fresh page takes."""
    page = browser.new_page()
    page.route("**/*", lambda route: route.fulfill(body="<!doctype html>", content_type="text/html"))
    page.goto("http://localhost:9/")
    page.add_script_tag(content=script)
    request = {"code": code, "cycles": CYCLES, "sample_rate": SAMPLE_RATE, "seed": 0}
    answer = page.evaluate("request => renderInBrowser(request)", request)
    page.close()
    return float(answer["took_ms"]) / 1000


def processor_s() -> float:
    """Give the processor time of this process and of those it has ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def measure(browser: Any, script: str, code: str) -> dict[str, float]:
    """Render by turns, so that a busy machine is busy for both."""
    ours: list[float] = []
    processor: list[float] = []
    theirs: list[float] = []
    for _ in range(ROUNDS):
        started, used = time.perf_counter(), processor_s()
        audio = render(code, CYCLES, sample_rate=SAMPLE_RATE)
        ours.append(time.perf_counter() - started)
        processor.append(processor_s() - used)
        theirs.append(in_browser(browser, script, code))
    duration_s = audio.duration_s
    return {
        "duration_s": round(duration_s, 3),
        "render_s": round(min(ours), 3),
        "x_real_time": round(duration_s / min(ours), 1),
        "processor_s": round(min(processor), 3),
        "x_real_time_of_processor": round(duration_s / min(processor), 1),
        "chromium_s": round(min(theirs), 3),
        "chromium_x_real_time": round(duration_s / min(theirs), 1),
    }


def start_s() -> float:
    """Give the seconds from the call to the sound of a very short render."""
    best = float("inf")
    for _ in range(ROUNDS):
        started = time.perf_counter()
        render('s("sine")', 0.1)
        best = min(best, time.perf_counter() - started)
    return round(best, 3)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    wants_json = parser.parse_args().json
    script = bundle()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM_ARGUMENTS)
        found = {name: measure(browser, script, code) for name, code in PATTERNS.items()}
        browser.close()
    result = {"start_s": start_s(), "cycles": CYCLES, "sample_rate": SAMPLE_RATE, "patterns": found}
    if wants_json:
        json.dump(result, sys.stdout)
        print()
        return
    print(f"shortest render, process start included: {result['start_s']:.2f} s")
    for name, row in found.items():
        print(
            f"{name:9} {row['duration_s']:.0f} s of sound in {row['render_s']:.2f} s: "
            f"{row['x_real_time']:.1f} x real time "
            f"({row['x_real_time_of_processor']:.1f} x of processor time); "
            f"Chromium {row['chromium_s']:.2f} s: {row['chromium_x_real_time']:.1f} x"
        )


if __name__ == "__main__":
    main()
