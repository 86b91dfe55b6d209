#!/usr/bin/env python3
"""Looks at a dashboard in a real browser: check_dashboard.py URL CHANGE PROCESS prints what it found as JSON.

CHANGE is a command that lets the dashboard's store have other reports, and PROCESS the dashboard's number, which is told to
end at last. faults: console messages, exceptions, and requests to anybody else. shown, linked: what the page says, and what the
files say to which it links. plain: what there is without scripts. idle, busy: what a page does on which nobody, or somebody, has
pressed a key when there are newer figures. ended: what it says without its server. axe: what axe-core objects to; null where
scripts/install_axe.sh was not run.
"""

import json
import os
import shlex
import signal
import subprocess
import sys
import time

from check_page import AXE, FIGURES
from chromium import Chromium, executable

EDITION = "document.getElementById('news').dataset.edition"
NEWS = "document.getElementById('news').textContent"
# Each link's figures as the server has them, beside those of the chart before it.
LINKED = """
Promise.all([...document.querySelectorAll('article')].map(async (article) => {
  const link = [...article.querySelectorAll('.files a')].find((one) => one.href.endsWith('/estimates.json'));
  const answer = link ? await (await fetch(link.href)).json() : null;
  return { name: article.querySelector('h2').textContent, rows: answer ? answer.rows : null };
}))
"""
PLACE = "Math.round(document.getElementById('metric-2').getBoundingClientRect().top)"


def wait(browser, expression, seconds=60):
    """The first value of an expression that is true, for as long as pages come and go."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        try:
            value = browser.evaluate(expression)
        except RuntimeError:  # the page was just exchanged
            value = None
        if value:
            return value
        time.sleep(0.05)
    return None


def objections(browser):
    if not AXE.exists():
        return None
    found = []
    for dark in (False, True):
        browser.window(1280, dark=dark)
        browser.evaluate("for (const details of document.querySelectorAll('details')) details.open = true")
        browser.evaluate(AXE.read_text(encoding="utf-8") + "; 0")
        found += browser.evaluate(
            "axe.run({resultTypes: ['violations']}).then((result) => result.violations.map((one) =>"
            " one.id + ': ' + one.nodes.slice(0, 3).map((node) => node.html.slice(0, 200)).join(' ')))")  # fmt: skip
    return found


def main(url, change, process):
    server = url.split("?")[0]
    result = {}
    with Chromium() as browser:
        browser.window(1280)
        browser.visit(url)
        result["address"] = browser.evaluate("location.href")
        result["cookies"] = browser.evaluate("document.cookie")
        result["shown"] = browser.evaluate(FIGURES)
        result["linked"] = browser.evaluate(LINKED)
        result["elements"] = browser.evaluate("[...new Set([...document.querySelectorAll('body *')].map((e) => e.localName))].sort()")

        result["faults"] = list(browser.faults(server))

        # Without scripts all is there to read and to fetch, and the browser asks again by itself.
        browser.call("Emulation.setScriptExecutionDisabled", value=True)
        browser.visit(result["address"])
        result["plain"] = {
            "figures": browser.evaluate(FIGURES) == result["shown"], "links": browser.evaluate("document.querySelectorAll('.files a').length"),
            "refreshes": browser.evaluate("document.querySelectorAll('meta[http-equiv=refresh]').length")}  # fmt: skip
        browser.call("Emulation.setScriptExecutionDisabled", value=False)
        browser.visit(result["address"])

        # Nobody has pressed anything: the page exchanges itself, and stays where it was scrolled to.
        browser.evaluate("document.getElementById('metric-2').scrollIntoView(); 0")
        wait(browser, f"Math.abs({PLACE}) < 40")
        before = browser.evaluate(EDITION)
        subprocess.run(shlex.split(change), check=True, stdout=subprocess.DEVNULL)
        after = wait(browser, f"{EDITION} !== '{before}' && {EDITION}")
        time.sleep(0.5)
        result["idle"] = {"before": before, "after": after, "place": browser.evaluate(PLACE)}

        # Somebody has: what is focused stays, and a button offers the rest.
        wait(browser, f"{NEWS} === ''")
        browser.press("Tab")
        browser.press("Tab")
        focus = "document.activeElement.outerHTML"
        focused, edition = browser.evaluate(focus), browser.evaluate(EDITION)
        subprocess.run(shlex.split(change), check=True, stdout=subprocess.DEVNULL)
        offer = wait(browser, f"document.querySelector('#news button') && {NEWS}")
        result["busy"] = {
            "offer": offer, "keepsFocus": browser.evaluate(focus) == focused, "keepsEdition": browser.evaluate(EDITION) == edition}  # fmt: skip
        result["axe"] = objections(browser)
        browser.evaluate("document.querySelector('#news button').focus()")
        browser.press("Enter")
        result["busy"]["shown"] = wait(browser, f"{EDITION} !== '{edition}' && {EDITION}") is not None
        result["faults"] += browser.faults(server)

        os.kill(int(process), signal.SIGTERM)
        result["ended"] = wait(browser, f"{NEWS}.includes('does not answer') && {NEWS}")
        result["stillShown"] = browser.evaluate("document.querySelectorAll('article').length")
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit("usage: check_dashboard.py URL CHANGE PROCESS")
    if executable() is None:
        sys.exit("no chromium: apt-get install chromium")
    signal.alarm(300)  # a browser that hangs is a failure, not a wait
    main(*sys.argv[1:])
