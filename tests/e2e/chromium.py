"""A Chromium of this machine, driven by Playwright."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
INSTALL = "apt install chromium fonts-noto-cjk (macOS: brew install --cask google-chrome)"
DESK = (1440, 900)
PHONE = (390, 844)
# Nothing is asked of any other server than the one under test.
_FLAGS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
)


def find_chromium() -> str | None:
    """The path of a browser, or None where there is none."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    return found or shutil.which(MAC)


@contextmanager
def browser(path: str) -> Iterator[Browser]:
    """A browser without a window."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=list(_FLAGS))
        try:
            yield launched
        finally:
            launched.close()


def window(of: Browser, size: tuple[int, int], *, scale: float = 1) -> BrowserContext:
    """A window of its own, without cookies of others."""
    width, height = size
    return of.new_context(
        viewport={"width": width, "height": height},
        device_scale_factor=scale,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        permissions=["clipboard-read", "clipboard-write"],
    )


def log_in(page: Page, base_url: str, key: str, path: str = "/") -> None:
    """Opens a page as somebody would: sent to log in, then back to what was asked for."""
    page.goto(base_url + path)
    page.get_by_label("读取密钥").fill(key)
    page.get_by_role("button", name="登录").click()
    page.wait_for_load_state("networkidle")
