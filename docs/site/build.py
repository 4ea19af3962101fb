#!/usr/bin/env python3
"""Builds the documentation site: build.py OUT [--without-api]

The pages are those of the repository, at their own paths, so that every link between them works in both places; the
navigation is read off the folders. The API reference is Doxygen's. Afterwards every link and every anchor of the
finished site is followed. Ends with 1 on any warning, of any of the three.

Needs Debian's mkdocs, mkdocs-material, python3-pymdownx, libjs-katex and doxygen, and no network: formulas are set by
KaTeX from the site itself.
"""
import html.parser
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import urllib.parse

root = pathlib.Path(__file__).resolve().parents[2]
here = pathlib.Path(__file__).resolve().parent
katex = pathlib.Path("/usr/share/javascript/katex")

# What a reader looks for, in that order: a title and the pages or folders that belong to it.
sections = [
    ("Home", ["README.md"]),
    ("Tutorials", [f"docs/tutorials/{name}.md" for name in
                   ["first-run", "diagnose-your-log", "escape-a-saddle", "gravity-well"]]),
    ("Guides", ["docs/README.md", "docs/command-line.md", "docs/which-solver.md", "docs/compared-with.md",
                "docs/how-to"]),
    ("Findings", ["docs/findings"]),
    ("Solvers", ["docs/solvers"]),
    ("Problems", ["docs/problems.md", "docs/problems"]),
    ("Theory", ["docs/theory"]),
    ("Results", ["docs/comparison.md", "docs/gallery.md", "docs/reproductions.md", "docs/calibration.md",
                 "bench/README.md"]),
    ("Reference", ["docs/formats.md", "docs/json-schema.md", "docs/decisions", "CONTRIBUTING.md", "CHANGELOG.md"]),
]


# The pages and what lies beside them under docs/.
def site_files():
    pages = {p for p in root.glob("*.md")} | {root / "bench" / "README.md", root / "LICENSE"}
    return sorted(str(p.relative_to(root)) for p in pages | set((root / "docs").rglob("*")) if p.is_file())


def title_of(page):
    for line in (root / page).read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            return line[2:].strip().replace("`", "")
    raise SystemExit(f"{page}: expected a first line '# Title'")


def navigation(pages):
    entries, used = [], set()
    for title, places in sections:
        chosen = []
        for place in places:
            inside = [p for p in pages if p == place or (p.startswith(place + "/") and "/" not in p[len(place) + 1:])]
            chosen += sorted(inside, key=lambda p: (not p.endswith("README.md"), p))
        used.update(chosen)
        entries.append({title: chosen[0]} if title == "Home" else {title: [{title_of(p): p} for p in chosen]})
    left = [p for p in pages if p not in used]
    if left:
        raise SystemExit(f"build.py: no section has {', '.join(left)}")
    return entries


# Lists right under a paragraph are lists on the repository's pages, and need an empty line here.
def for_the_site(text):
    lines, fenced = [], False
    for line in text.split("\n"):
        if line.lstrip().startswith("```"):
            fenced = not fenced
        is_item = re.match(r"(\d+\.|[-*]) ", line) is not None
        if is_item and not fenced and lines and lines[-1].strip():
            if not re.match(r"\s*(\d+\.|[-*]) |\s{2,}|\|", lines[-1]):
                lines.append("")
        lines.append(line)
    return "\n".join(lines)


def stage(to):
    shutil.rmtree(to, ignore_errors=True)
    pages = []
    for name in site_files():
        target = to / name
        if name.startswith(("docs/site/", "docs/templates/")):
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        if name.endswith(".md"):
            pages.append(name)
            target.write_text(for_the_site((root / name).read_text(encoding="utf-8")), encoding="utf-8")
        else:
            shutil.copyfile(root / name, target)
    assets = to / "assets" / "katex"
    (assets / "fonts").mkdir(parents=True)
    shutil.copyfile(katex / "katex.min.css", assets / "katex.min.css")
    shutil.copyfile(katex / "katex.min.js", assets / "katex.min.js")
    for font in (katex / "fonts").glob("*.woff2"):
        shutil.copyfile(font, assets / "fonts" / font.name)
    shutil.copyfile(here / "formulas.js", assets / "formulas.js")
    shutil.copyfile(here / "site.css", assets / "site.css")
    return pages


def run(command, cwd):
    done = subprocess.run(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return done.returncode, done.stdout


def build_pages(work, site, version):
    pages = stage(work / "pages")
    config = {
        "site_name": "Perigee",
        "site_description": "Nonconvex optimization: solvers, diagnostics, landscapes",
        "docs_dir": str(work / "pages"),
        "site_dir": str(site),
        "use_directory_urls": False,
        "theme": {
            "name": "material",
            "font": False,
            "features": ["navigation.tabs", "navigation.top", "toc.follow"],
            "palette": [
                {"media": "(prefers-color-scheme: light)", "scheme": "default", "primary": "indigo",
                 "toggle": {"icon": "material/weather-night", "name": "Dark"}},
                {"media": "(prefers-color-scheme: dark)", "scheme": "slate", "primary": "indigo",
                 "toggle": {"icon": "material/weather-sunny", "name": "Light"}},
            ],
        },
        "plugins": ["search"],
        "markdown_extensions": [
            "tables", "attr_list", "pymdownx.superfences", "pymdownx.highlight", {"toc": {"permalink": True}},
            {"pymdownx.arithmatex": {"generic": True, "smart_dollar": True}},
        ],
        "extra": {"generator": False, "version_text": version},
        "extra_css": ["assets/katex/katex.min.css", "assets/katex/site.css"],
        "extra_javascript": ["assets/katex/katex.min.js", "assets/katex/formulas.js"],
        "copyright": f"Perigee {version}",
        "nav": navigation(pages) + [{"API": [{"Reference": "api.md"}]}],
    }
    (work / "pages" / "api.md").write_text(
        "# API\n\n[Every public header, class and function](api/index.html), from their own comments.\n", encoding="utf-8")
    (work / "mkdocs.yml").write_text(json.dumps(config, indent=1), encoding="utf-8")  # YAML is a superset of JSON
    code, said = run(["mkdocs", "build", "--clean", "-f", str(work / "mkdocs.yml")], work)
    return code, [line for line in said.splitlines() if line.startswith(("WARNING", "ERROR"))]


def build_api(work, site, version):
    settings = (here / "Doxyfile").read_text(encoding="utf-8")
    settings += (f'\nPROJECT_NUMBER = {version}\nOUTPUT_DIRECTORY = "{site}"\nHTML_OUTPUT = api\n'
                 f'STRIP_FROM_PATH = "{root}"\n')
    (work / "Doxyfile").write_text(settings, encoding="utf-8")
    code, said = run(["doxygen", str(work / "Doxyfile")], root)
    return code, [line for line in said.splitlines() if "warning:" in line or "error:" in line]


class Links(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.links, self.anchors = [], set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        for name, value in attributes:
            if name in ("id", "name") and value:
                self.anchors.add(value)
            if (tag, name) in (("a", "href"), ("img", "src"), ("link", "href"), ("script", "src")) and value:
                self.links.append(value)


# Doxygen's pages are looked at as targets only: what they link to is Doxygen's own affair.
def check_links(site):
    broken = []
    parsed = {}

    def page(path):
        if path not in parsed:
            parsed[path] = Links(path.read_text(encoding="utf-8", errors="replace"))
        return parsed[path]

    for path in sorted(site.rglob("*.html")):
        name = path.relative_to(site)
        if name.parts[0] == "api" or name.name == "404.html":
            continue
        for link in page(path).links:
            address = urllib.parse.urlsplit(link)
            if address.scheme or link.startswith("//"):
                continue
            target = path if not address.path else pathlib.Path(os.path.normpath(path.parent / urllib.parse.unquote(address.path)))
            if not target.exists():
                broken.append(f"{name}: {link} leads nowhere")
            elif address.fragment and target.suffix == ".html" and urllib.parse.unquote(address.fragment) not in page(target).anchors:
                broken.append(f"{name}: {link}: there is no such place on the page")
    return broken


def main():
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    out = pathlib.Path(sys.argv[1]).resolve()
    work, site = out / "work", out / "site"
    work.mkdir(parents=True, exist_ok=True)
    version = re.search(r"project\(perigee VERSION (\S+)", (root / "CMakeLists.txt").read_text()).group(1)
    complaints = []
    code, said = build_pages(work, site, version)
    complaints += said or (["mkdocs failed"] if code else [])
    if "--without-api" in sys.argv:
        (site / "api").mkdir(parents=True, exist_ok=True)
        (site / "api" / "index.html").write_text("<p>Built without the API reference.</p>\n", encoding="utf-8")
    else:
        code, said = build_api(work, site, version)
        complaints += said or (["doxygen failed"] if code else [])
    complaints += check_links(site)
    for complaint in complaints:
        print(complaint, file=sys.stderr)
    print(f"{site}/index.html: {len(list(site.rglob('*.html')))} pages, {len(complaints)} complaints")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
