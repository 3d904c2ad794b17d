"""Barriers on pages, found by axe in a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from tests.support.paths import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Page

_AXE: Final = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
_WCAG: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
_RULES_OF_WIDTH: Final = ["scrollable-region-focusable", "target-size", "meta-viewport"]
#: Removes all but three of the rows, items and parts that are alike: in the names and classes of
#: what is around them, in their attributes and content, and in which texts are empty. The rest of
#: what axe returns is megabytes of elements that pass.
_RUN_AXE: Final = """async runOnly => {
  const form = element => {
    const attributes = Array.from(element.attributes, ({ name, value }) =>
      /^(class|role|type|style|lang|rel)$/.test(name) ? name + value : name + !value);
    const content = Array.from(element.childNodes, node =>
      node.nodeType === 1 ? form(node) : node.nodeType === 3 && node.data.trim() ? "text" : "");
    return `${element.tagName}[${attributes}](${content.filter(Boolean)})`;
  };
  const around = element => element
    ? `${around(element.parentElement)}>${element.tagName}.${element.getAttribute("class")}` : "";
  const seen = {};
  for (const element of document.querySelectorAll("main :is(li, option, tr, section, path, g)")) {
    // A table keeps rows.
    const table = element.closest("tr") ? Array.from(document.querySelectorAll("table"))
      .indexOf(element.closest("table")) : "";
    const alike = table + around(element.parentElement) + form(element);
    seen[alike] = (seen[alike] ?? 0) + 1;
    if (seen[alike] > 3) element.remove();
  }
  const options = { runOnly, resultTypes: ["violations"], selectors: false };
  const result = await axe.run(document, options);
  return result.violations.map(
    rule => `${rule.id}: ${rule.help}: ${rule.nodes[0].html.slice(0, 200)}`);
}"""


def violations(page: Page) -> list[str]:
    """Return what axe finds on a page: in dark colours on a phone, in light ones at a desk.

    On the phone these are the rules that depend on width or colours. At the end the window is wide,
    and rows that are alike are missing.
    """
    if not _AXE.is_file():
        pytest.skip("axe-core is not there: npm could not be reached when the package was built")
    # Evaluated, not added as an element, which the policy of the page would not let in.
    if not page.evaluate("'axe' in window"):
        page.evaluate(_AXE.read_text(encoding="utf-8"))
    page.set_viewport_size({"width": 320, "height": 640})
    page.emulate_media(color_scheme="dark")
    rules = {"type": "rule", "values": [*_RULES_OF_WIDTH, "color-contrast"]}
    found: list[str] = page.evaluate(_RUN_AXE, rules)
    page.set_viewport_size({"width": 1280, "height": 720})
    page.emulate_media(color_scheme="light")
    wide: list[str] = page.evaluate(_RUN_AXE, {"type": "tag", "values": _WCAG})
    return [f"dark, on a phone: {text}" for text in found] + wide
