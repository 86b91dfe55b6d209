#!/usr/bin/env python3
"""Reads a page that Dither wrote in a real browser: check_page.py [--quick] PAGE.html prints what it found as JSON.

faults: console messages, exceptions and requests. structure: landmarks, levels of headings, and what a table or a link lacks.
milliseconds: until the page was open; wholeAfter: until all of it was shown.
figures: what each table of bars says, read back from the page; rowsWithoutScript: how many there are without the script. keyboard: what Tab, Enter and typing do. axe: what axe-core objects to, light and dark, wide and narrow; null where scripts/install_axe.sh was not run,
and with --quick, for pages so large that axe takes minutes.
"""

import json
import pathlib
import signal
import sys

from chromium import Chromium, executable

AXE = pathlib.Path(__file__).resolve().parents[2] / ".build/axe/axe.min.js"

FIGURES = """
[...document.querySelectorAll('article')].map((article) => ({
  name: article.querySelector('h2').textContent,
  rows: [...article.querySelectorAll('table.bars tbody tr')].map((row) => {
    const cell = row.querySelector('.figure'), bar = row.querySelector('path.b, path.h');
    const box = bar && bar.getBBox();
    return {
      name: row.cells[0].textContent, value: cell.dataset.value, low: cell.dataset.low, high: cell.dataset.high,
      text: cell.textContent, standing: row.querySelector('.standing')?.textContent ?? null,
      from: box ? box.x : null, length: box ? box.width : null,
    };
  }),
}))
"""

STRUCTURE = """
(() => {
  const all = (selector) => [...document.querySelectorAll(selector)];
  const name = (part) => document.getElementById(part.getAttribute('aria-labelledby'))?.textContent ?? '';
  return {
    landmarks: all('body > header, main, body > footer, section, article').map((part) =>
      ({HEADER: 'banner', MAIN: 'main', FOOTER: 'contentinfo'})[part.tagName] ?? name(part)),
    headings: all('h1, h2, h3, h4').map((heading) => Number(heading.tagName[1])),
    faults: [
      ...all('table:not(:has(caption))').map(() => 'a table without a caption'),
      ...all('th:not([scope])').map((cell) => 'no scope: ' + cell.textContent),
      ...all('a').filter((link) => !link.hash || !document.getElementById(link.hash.slice(1))).map((link) => link.outerHTML),
    ],
    focusable: all('a, button, input, summary').length,
  };
})()
"""

OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
NAMES = "[...document.querySelectorAll('.overview tbody tr:not([hidden]) th a')].map((link) => link.textContent)"
FOCUS = "(document.activeElement.textContent || document.activeElement.type || '').trim()"


def keyboard(browser):
    """What a reader without a mouse can do. None where a page has too few metrics to sort."""
    browser.press("Tab")
    first = browser.evaluate(FOCUS)
    browser.press("Enter")
    target = browser.evaluate("location.hash")
    if not browser.evaluate("document.querySelector('.overview button') !== null"):
        return {"first": first, "target": target}
    result = {"first": first, "target": target, "before": browser.evaluate(NAMES)}
    for _ in range(200):
        if browser.evaluate("document.activeElement.matches('.overview th:first-child button')"):
            break
        browser.press("Tab")
    result["outline"] = browser.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    for order in ("descending", "ascending"):
        browser.press("Enter")
        result[order] = browser.evaluate(NAMES)
        result[order + "Said"] = browser.evaluate("document.activeElement.closest('th').getAttribute('aria-sort')")
    if browser.evaluate("document.querySelector('.overview input') !== null"):
        browser.evaluate("document.querySelector('.overview input').focus()")
        browser.type(result["before"][-1])
        result["filtered"] = browser.evaluate(NAMES)
        result["articles"] = browser.evaluate("document.querySelectorAll('article:not([hidden])').length")
    return result


def objections(browser, page):
    if not AXE.exists():
        return None
    found = []
    for width, dark in ((1280, False), (1280, True), (390, False)):
        browser.window(width, dark=dark)
        browser.open(page)
        browser.evaluate("for (const details of document.querySelectorAll('details')) details.open = true")
        browser.evaluate(AXE.read_text(encoding="utf-8") + "; 0")
        answer = browser.evaluate(
            "axe.run({resultTypes: ['violations']}).then((result) => result.violations.map((one) => ({"
            "rule: one.id, help: one.help, where: one.nodes.slice(0, 3).map((node) => node.html.slice(0, 200))})))")  # fmt: skip
        found += [{"width": width, "dark": dark, **one} for one in answer]
    return found


# Of a large page the rest is shown when the browser has time.
WHOLE = """
new Promise((resolve) => {
  const look = () => document.querySelector('noscript.later') ? setTimeout(look, 20) : resolve(performance.now());
  look();
})
"""


# What somebody goes to is there at once, is made to sort, and all is there to print; null for a page that waits for nothing.
LATE = """
(async () => {
  const last = [...document.querySelectorAll('article')].at(-1);
  if (!last.querySelector('noscript.later')) return null;
  const arrived = new Promise((resolve) => addEventListener('hashchange', resolve, {once: true}));
  location.hash = last.id;
  await arrived;
  const isThere = !last.querySelector('noscript.later, .waiting'), button = last.querySelector('.chart th button');
  button.click();
  const wait = document.querySelectorAll('noscript.later').length;
  dispatchEvent(new Event('beforeprint'));
  const left = document.querySelectorAll('noscript.later, .waiting').length;
  return {isThere, sorted: button.closest('th').getAttribute('aria-sort'), wait, left};
})()
"""


def main(page, is_quick):
    with Chromium() as browser:
        browser.window(1280)
        browser.open(page)
        result = {
            "milliseconds": browser.evaluate(
                "(() => { const t = performance.getEntriesByType('navigation')[0]; return t.loadEventEnd - t.startTime })()"),
            "late": browser.evaluate(LATE),
            "wholeAfter": browser.evaluate(WHOLE),
            "structure": browser.evaluate(STRUCTURE),
            "figures": browser.evaluate(FIGURES),
            "elements": browser.evaluate("[...new Set([...document.querySelectorAll('body *')].map((e) => e.localName))].sort()"),
            "keyboard": keyboard(browser),
            "faults": list(browser.faults()),
        }  # fmt: skip
        result["overflow"] = {}
        for width in (1280, 768, 390, 320):
            browser.window(width)
            result["overflow"][str(width)] = browser.evaluate(OVERFLOW)
        result["axe"] = None if is_quick else objections(browser, page)
        browser.call("Emulation.setScriptExecutionDisabled", value=True)
        browser.open(page)
        result["rowsWithoutScript"] = browser.evaluate("document.querySelectorAll('table.bars tbody tr').length")
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    arguments = [word for word in sys.argv[1:] if word != "--quick"]
    if len(arguments) != 1:
        sys.exit("usage: check_page.py [--quick] PAGE.html")
    if executable() is None:
        sys.exit("no chromium: apt-get install chromium")
    signal.alarm(300)  # a browser that hangs is a failure, not a wait
    main(arguments[0], "--quick" in sys.argv)
