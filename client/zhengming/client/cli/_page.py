"""The frame of a page of HTML that needs nothing else: no script, no font, no network; light and dark."""

from __future__ import annotations

import html
from typing import Final

from zhengming.client.cli._table import visible
from zhengming.client.sentences import Language

BASE_STYLE: Final = """\
:root{color-scheme:light dark;--page:#fff;--ink:#1b1f24;--soft:#59636e;--line:#d1d9e0;--card:#f6f8fa;
--firm:#b7f0c8;--firm-edge:#1a7f37;--unsure:#ffe7a0;--unsure-edge:#9a6700;--not:#eceff2;--not-edge:#6e7781}
@media (prefers-color-scheme:dark){:root{--page:#12161b;--ink:#e6edf3;--soft:#9aa4af;--line:#333c46;--card:#1b222a;
--firm:#123f22;--firm-edge:#3fb950;--unsure:#4a3a08;--unsure-edge:#d29922;--not:#2a313a;--not-edge:#8b949e}}
body{margin:0 auto;padding:1.5rem 1.25rem 8rem;max-width:58rem;background:var(--page);color:var(--ink);
font:1rem/1.7 system-ui,"Noto Sans","Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif}
h1{font-size:1.15rem}h2{font-size:1rem;margin:2.5rem 0 .5rem;border-bottom:1px solid var(--line);overflow-wrap:anywhere}
.wide{overflow-x:auto}
table{border-collapse:collapse;font-size:.85rem;margin:1rem 0;width:100%}
th,td{text-align:left;vertical-align:top;padding:.25rem .6rem .25rem 0;border-bottom:1px solid var(--line)}
th{color:var(--soft);font-weight:600;white-space:nowrap}
"""
"""Colours, letters and tables that all pages share."""


def page_head(title: str, lang: Language, style: str) -> str:
    """Return the beginning of a page, up to its heading.

    Args:
        title: as HTML.
        lang: of the page.
        style: what the page adds to `BASE_STYLE`.
    """
    return (
        f'<!DOCTYPE html>\n<html lang="{"zh-Hans" if lang == "zh" else "en"}">\n<head>\n<meta charset="utf-8">\n'
        # Nothing in a text can make the page fetch or run anything, even if its escaping had a hole.
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>\n{BASE_STYLE}{style}</style>\n</head>\n<body>\n<h1>{title}</h1>\n"
    )


def page_foot() -> str:
    """Return the end of a page."""
    return "</body>\n</html>\n"


def escape(text: str) -> str:
    """Return one line of text as HTML that shows every character and lets none act."""
    return html.escape(visible(text))
