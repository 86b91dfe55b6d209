#!/usr/bin/env python3
"""Looks at pictures in a real browser, light and dark: check_picture.py PICTURE.svg... prints for each what is wrong, as JSON.

faults: console messages, exceptions and requests. outside: texts that leave the picture. overlaps: pairs of texts that lie on
each other. faint: texts whose contrast to the background is below 4.5:1.
"""

import json
import sys

from chromium import Chromium, executable

LOOK = """
(() => {
  const number = (colour) => colour.match(/[\\d.]+/g).slice(0, 3).map(Number);
  const light = (colour) => {
    const [r, g, b] = number(colour).map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const page = document.documentElement.getBoundingClientRect();
  const ground = light(getComputedStyle(document.querySelector('.card')).fill);
  const texts = [...document.querySelectorAll('text')].filter((text) => text.textContent);
  const boxes = texts.map((text) => text.getBoundingClientRect());
  const found = { texts: texts.length, outside: [], overlaps: [], faint: [] };
  texts.forEach((text, place) => {
    const box = boxes[place], own = light(getComputedStyle(text).fill);
    if (box.left < page.left || box.right > page.right || box.top < page.top || box.bottom > page.bottom)
      found.outside.push(text.textContent);
    if ((Math.max(own, ground) + 0.05) / (Math.min(own, ground) + 0.05) < 4.5) found.faint.push(text.textContent);
    for (let other = place + 1; other < texts.length; other++) {
      const next = boxes[other];
      const width = Math.min(box.right, next.right) - Math.max(box.left, next.left);
      const height = Math.min(box.bottom, next.bottom) - Math.max(box.top, next.top);
      if (width > 1 && height > 4) found.overlaps.push(text.textContent + ' | ' + texts[other].textContent);
    }
  });
  return found;
})()
"""


def main(paths):
    results = []
    with Chromium() as browser:
        for path in paths:
            for dark in (False, True):
                browser.window(980, dark=dark)
                browser.open(path)
                results.append({"path": path, "dark": dark, **browser.evaluate(LOOK), "faults": list(browser.faults())})
    print(json.dumps(results))


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("usage: check_picture.py PICTURE.svg...")
    if executable() is None:
        sys.exit("no chromium: apt-get install chromium")
    main(sys.argv[1:])
