"""Opens the worklist and a report in headless Chromium, as files, and uses them with keyboard and without scripts.

    check_worklist.py FOLDER     FOLDER holds the pages that WorklistBrowserTests writes

Needs Chromium and the Python packages playwright and axe-playwright-python (which brings axe-core). Exits with 77, saying so,
where they are not installed.
"""

import datetime
import os
import pathlib
import re
import shutil
import sys

try:
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import expect, sync_playwright
except ImportError:
    print("skipped: set LUNGTRIAGE_PYTHON to a Python with playwright and axe-playwright-python")
    sys.exit(77)

FOLDER = pathlib.Path(sys.argv[1])
CHROMIUM = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
if not CHROMIUM:
    print("skipped: Chromium is not installed")
    sys.exit(77)

# When the pages were made, seconds since 1970.
MADE = float(re.search(r'data-made="([0-9.e+]+)"', (FOLDER / "index.html").read_text())[1])
# There is one thumbnail here, and some names could be no file's.
NO_PICTURE = ("ERR_FILE_NOT_FOUND", "ERR_INVALID_URL")
# The file's order: the most severe first, then the most opacity, then the latest.
SEVEREST = ["critical-0", "critical-1", "severe-0", "severe-1", "moderate-0", "moderate-1", "single-1", "single-0", "mild-0",
            "mild-1", "none-1", "none-0"]


class Pages:
    """Opens pages and collects what they complain about."""

    def __init__(self, browser):
        self.browser = browser
        self.complaints = []

    def open(self, name, hash="", **settings):
        context = self.browser.new_context(**{"viewport": {"width": 1280, "height": 600}, **settings})
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: self.complaints.append(f"{name}: {error}"))
        page.on("console", lambda message: self.complaints.append(f"{name}: {message.text}")
                if message.type == "error" and not any(text in message.text for text in NO_PICTURE) else None)
        page.on("dialog", lambda dialog: self.complaints.append(f"{name}: a dialog, {dialog.message}"))
        if settings.get("java_script_enabled", True):
            # Looks for news come when the test says.
            page.clock.install(time=datetime.datetime.fromtimestamp(MADE + 1, datetime.timezone.utc))
        page.goto(f"file://{FOLDER}/{name}.html{hash}")
        return page


def names(page):
    """Studies that are shown, in order."""
    return page.locator("#study-rows tr:visible bdi").all_inner_texts()


def check(actual, wanted, what):
    assert actual == wanted, f"{what}: {actual}, not {wanted}"


def sorting(pages):
    page = pages.open("index")
    check(names(page), SEVEREST, "order of the file")
    picture = page.locator("#study-rows tr:first-child img")
    assert picture.evaluate("image => image.complete && image.naturalWidth") == 160, "the page's policy keeps its pictures out"
    heading = page.get_by_role("columnheader", name="Study")
    button = heading.get_by_role("button")
    button.focus()
    page.keyboard.press("Enter")
    check(names(page), sorted(SEVEREST), "by name, with the keyboard")
    check(heading.get_attribute("aria-sort"), "ascending", "aria-sort")
    page.keyboard.press("Space")
    check(names(page), sorted(SEVEREST, reverse=True), "by name, backwards")
    expect(button).to_be_focused()
    check(page.locator("th[aria-sort]").count(), 1, "sorted columns")
    page.get_by_role("button", name="PO", exact=True).click()
    check(names(page)[:2] + names(page)[-2:], ["critical-0", "critical-1", "single-1", "single-0"], "by PO")
    page.get_by_role("button", name="PO", exact=True).click()
    check(names(page)[:3] + names(page)[-2:], ["none-1", "none-0", "mild-1", "single-1", "single-0"], "by PO, backwards")
    # A reload, or another computer that is given the address.
    page.reload()
    check(names(page)[:3], ["none-1", "none-0", "mild-1"], "after a reload")
    page.context.close()


def filtering(pages):
    page = pages.open("index")
    critical = page.get_by_role("button", name="2 Critical")
    critical.focus()
    page.keyboard.press("Enter")
    check(names(page), ["critical-0", "critical-1"], "one level")
    check(critical.get_attribute("aria-pressed"), "true", "aria-pressed")
    expect(page.get_by_role("status").filter(has_text="2 of 12 shown")).to_be_visible()
    page.get_by_role("button", name="2 Mild").click()
    page.get_by_label("Find").fill("stat mild")
    check(names(page), ["mild-0"], "levels and words")
    check(page.url.split("#")[1], "level=critical%2Cmild&find=stat+mild", "address")
    page.reload()
    check(names(page), ["mild-0"], "after a reload")
    page.get_by_role("button", name="Show all").click()
    check(names(page), SEVEREST, "all again")
    expect(page.get_by_label("Find")).to_be_focused()
    page.context.close()
    page = pages.open("index", "#sort=nonsense&level=%3Cscript%3E,critical&order=x")
    check(names(page), ["critical-0", "critical-1"], "an address that somebody made up")
    page.context.close()


def renewing(pages):
    page = pages.open("index", viewport={"width": 1280, "height": 420})
    page.get_by_role("link", name="mild-0").focus()
    page.evaluate("window.row = document.activeElement.closest('tr'); row.scrollIntoView({ block: 'center' })")
    place = page.evaluate("row.getBoundingClientRect().top")
    look(page)
    check(names(page), SEVEREST, "no news")
    shutil.copy(FOLDER / "index.html", FOLDER / "before.html")
    os.replace(FOLDER / "later.html", FOLDER / "index.html")
    page.get_by_role("button", name="Pause updates").evaluate("button => button.click()")
    page.clock.run_for(60_000)
    check(page.locator("iframe").count(), 0, "looks while paused")
    page.get_by_role("button", name="Pause updates").evaluate("button => button.click()")
    expect(page.get_by_role("link", name="came-critical")).to_have_count(1)
    expect(page.locator("iframe")).to_have_count(0)
    later = ["came-critical"] + [name for name in SEVEREST if name != "critical-0"]
    later.remove("mild-1")
    later.insert(later.index("mild-0"), "mild-1")
    check(names(page), later, "the news")
    check(page.evaluate("document.activeElement.closest('tr') === row && row.isConnected"), True, "focus on the same element")
    moved = page.evaluate("row.getBoundingClientRect().top") - place
    assert abs(moved) < 90, f"the row that was read moved by {moved} pixels"
    check(page.locator("#news").inner_text(), "New: failed, came-broken; critical, came-critical.", "what is said aloud")
    check(page.title(), "2 critical, 3 failed – Worklist – Lungtriage", "title")
    check(page.locator("#counts").inner_text().split()[:2], ["2", "Critical"], "counts")
    check(page.locator("#failed-rows bdi").all_inner_texts(), ["came-broken", "broken-0", "broken-1"], "what failed")
    check(page.locator("#study-rows .new").count(), 1, "rows marked as new")
    # The focused row itself is gone.
    page.get_by_role("link", name="came-critical").focus()
    os.replace(FOLDER / "before.html", FOLDER / "index.html")
    look(page)
    expect(page.get_by_role("link", name="came-critical")).to_have_count(0)
    check(names(page), SEVEREST, "back again")
    page.context.close()


def look(page):
    page.clock.run_for(16_000)
    expect(page.locator("iframe")).to_have_count(0)


def ageing(pages):
    page = pages.open("forgotten")
    expect(page.get_by_role("alert")).to_contain_text("has not been renewed for 1 h")
    page.context.close()
    page = pages.open("index")
    expect(page.get_by_role("alert")).to_be_empty()
    check(page.locator("#study-rows tr:first-child .age").inner_text(), "1 h 0 min", "age")
    check(page.locator("#study-rows tr:first-child time").is_visible(), True, "time")
    # Nothing is written for a quarter of an hour.
    for _ in range(5):
        page.clock.fast_forward(180_000)
        look(page)
    expect(page.get_by_role("alert")).to_contain_text("has not been renewed for")
    later = page.locator("#study-rows tr:first-child .age").inner_text()
    assert later in ("1 h 16 min", "1 h 17 min"), later
    page.context.close()


def without_scripts(pages):
    page = pages.open("index", java_script_enabled=False)
    check(names(page), SEVEREST, "order")
    check(page.get_by_role("link", name="critical-0").get_attribute("href"), "./critical-0/report.html", "link")
    for useless in ("button", "input"):
        check(page.locator(f"{useless}:visible").count(), 0, f"visible {useless}s that do nothing")
    expect(page.locator("noscript")).to_be_visible()
    page.context.close()
    page = pages.open("empty")
    expect(page.get_by_text("There is no study yet.")).to_be_visible()
    check(page.locator("section:visible").count(), 0, "empty tables")
    page.context.close()


def hostile(pages):
    page = pages.open("hostile")
    count = page.locator("#study-rows tr").count()
    assert count == 9 and page.locator("#failed bdi").count() == 9, count
    assert any("<script>alert(1)</script>" in name for name in names(page)), names(page)
    check(page.locator("script, img[src=x], [onerror], [onmouseover]").count(), 1, "scripts")
    # Another script, even inside the page, does not run.
    page.evaluate("document.body.append(Object.assign(document.createElement('script'), { textContent: 'window.bad = 1' }))")
    check(page.evaluate("window.bad"), None, "a script that came in")
    pages.complaints = [complaint for complaint in pages.complaints if "Content Security Policy" not in complaint]
    page.context.close()


def accessible(pages):
    for name in ("index", "forgotten", "empty", "report"):
        for scheme in ("light", "dark"):
            page = pages.open(name, color_scheme=scheme)
            violations = [violation for violation in axe(page)]
            assert not violations, f"{name}, {scheme}: {violations}"
            page.context.close()
    page = pages.open("index", viewport={"width": 360, "height": 800})
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 360, f"a phone has to scroll sideways: {width} pixels"
    page.context.close()


def axe(page):
    page.clock.resume()
    found = Axe().run(page).response["violations"]
    return [(violation["id"], [node["html"][:200] for node in violation["nodes"]][:3]) for violation in found]


def quick(pages):
    page = pages.open("full")
    page.clock.resume()
    seconds = page.evaluate("""() => {
        const begin = performance.now();
        document.querySelector('[data-column=study] button').click();
        document.body.offsetHeight;
        return (performance.now() - begin) / 1000;
    }""")
    print(f"1,000 studies sorted in {seconds:.2f} s")
    assert seconds < 5, seconds
    page.context.close()


def main():
    with sync_playwright() as playwright:
        # Tests may run as root, for whom Chromium has no sandbox.
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"] if os.geteuid() == 0 else [])
        pages = Pages(browser)
        # Of any one action; a whole page takes a tenth of a second.
        expect.set_options(timeout=10_000)
        for part in (sorting, filtering, renewing, ageing, without_scripts, hostile, accessible, quick):
            part(pages)
            assert not pages.complaints, f"{part.__name__}: {pages.complaints}"
        browser.close()


main()
