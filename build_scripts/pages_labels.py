"""`en/labels.js`: with it, pages that exist in Chinese alone say their labels in English.

In: the wording. Out: one script. Its name holds no hash: what names it would change with every
word, and that is every case.
"""

from __future__ import annotations

from build_scripts.pages_writer import PageWriter
from build_scripts.site import english_pages
from build_scripts.translations import label_words


def write_labels(pages: PageWriter) -> None:
    """The script, with the pages that have a twin, to which it turns the frame's links; none where
    a programme does without English."""
    if not pages.programme.site.english:
        return
    site_src = pages.shells.templates.parent
    twins = english_pages(site_src / "pages")
    pages.script("en/labels.js", "labels.js", words=label_words(site_src), pages=twins)
