#!/usr/bin/env python3
"""Pictures of a page, whole: screenshots.py PAGE.html FOLDER writes light.png, dark.png and narrow.png, and print.pdf."""

import base64
import pathlib
import sys

from chromium import Chromium, executable

PICTURES = {"light": (1280, False), "dark": (1280, True), "narrow": (390, False)}
LONGEST = 12_000  # pixels: what a picture holds


def main(page, folder):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with Chromium() as browser:
        for name, (width, dark) in PICTURES.items():
            browser.window(width, dark=dark)
            browser.open(page)
            # Every part is laid out, also what would wait until it is scrolled to.
            browser.evaluate("for (const part of document.querySelectorAll('article')) part.style.contentVisibility = 'visible'")
            height = min(LONGEST, browser.evaluate("document.documentElement.scrollHeight"))
            picture = browser.call(
                "Page.captureScreenshot", captureBeyondViewport=True,
                clip={"x": 0, "y": 0, "width": width, "height": height, "scale": 1})  # fmt: skip
            (folder / f"{name}.png").write_bytes(base64.b64decode(picture["data"]))
            print(folder / f"{name}.png")
        pages = browser.call("Page.printToPDF", printBackground=True)
        (folder / "print.pdf").write_bytes(base64.b64decode(pages["data"]))
        print(folder / "print.pdf")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: screenshots.py PAGE.html FOLDER")
    if executable() is None:
        sys.exit("no chromium: apt-get install chromium")
    main(sys.argv[1], sys.argv[2])
