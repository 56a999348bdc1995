"""One way to a PDF, kept warm in a process of its own: `python -m tests.bench.engine NAME`.

Reads a page of ours from a line (the number of an open socket), and answers the seconds it took
and the PDF. What another engine needs is made of that page before the clock runs.
"""

import sys
import time
from multiprocessing.connection import Connection


def naive():
    from weasyprint import HTML

    from .naive import naive_page

    return naive_page, lambda page: HTML(string=page).write_pdf(pdf_variant="pdf/ua-1")


def chromium():
    from playwright.sync_api import sync_playwright

    from tests.environment import CHROMIUM

    from .naive import naive_page

    browser = (
        sync_playwright()
        .start()
        .chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
    )
    tab = browser.new_page()

    def pdf(page):
        tab.set_content(page, wait_until="load")
        return tab.pdf(prefer_css_page_size=True, print_background=True, tagged=True, outline=True)

    return naive_page, pdf


def typst():
    import typst

    from patients.paper.press import FONTS

    from .typst_page import TypstPage

    def pdf(page):
        return typst.compile(
            page.source.encode(),
            sys_inputs=page.inputs,
            pdf_standards="ua-1",
            font_paths=[str(FONTS)],
            ignore_system_fonts=True,
        )

    return TypstPage, pdf


ENGINES = {"naive": naive, "chromium": chromium, "typst": typst}

if __name__ == "__main__":
    line = Connection(int(sys.argv[1]))
    prepare, make = ENGINES[sys.argv[2]]()
    while True:
        try:
            page = prepare(line.recv_bytes().decode())
        except EOFError:
            break
        start = time.perf_counter()
        pdf = make(page)
        line.send_bytes(f"{time.perf_counter() - start}\n".encode() + pdf)
