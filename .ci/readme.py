"""Write FOLDER/README.md from nbs/index.ipynb, as nbdev_readme does, without Quarto.

Cells with `#| hide` or `#| default_exp` go, the code of cells with `#| echo: false` too, and all directive
lines; outputs stay, as text or pictures with their fig-alt; links, relative to nbs/ in the notebook, become relative to the project's root.
"""
import posixpath, re, sys
from pathlib import Path

import nbformat
from nbconvert import MarkdownExporter
from traitlets.config import Config

def from_root(match):
    "The link in `match`, as seen from the project's root"
    target = match[1]
    if re.match(r'[a-z]+:|[/#]', target): return match[0]
    path, *rest = re.split('(?=[#?])', target, maxsplit=1)
    return f"]({posixpath.normpath('nbs/' + path)}{''.join(rest)})"

def write_readme(folder):
    nb = nbformat.read('nbs/index.ipynb', as_version=4)
    nb.metadata['language_info'] = {'name': 'python'}  # so that code is coloured; nbdev_clean drops it
    nb.cells = [c for c in nb.cells if not re.match(r'(#\|.*\n)*#\|\s*(hide|default_exp)\b', c.source)]
    alts = [m[1] for c in nb.cells if (m := re.search(r'^#\|\s*fig-alt: "(.+)"', c.source, flags=re.M))]
    for c in nb.cells:
        if c.cell_type == 'code':
            if re.search(r'^#\|\s*echo:\s*false', c.source, flags=re.M): c.metadata['tags'] = ['no-input']
            c.source = re.sub(r'^#\|.*\n?', '', c.source, flags=re.M)
        if c.cell_type == 'markdown': c.source = re.sub(r'\]\(([^)\s]+)\)', from_root, c.source)
    shown = ['text/markdown', 'image/svg+xml', 'image/png', 'text/plain']
    exporter = MarkdownExporter(config=Config(
        NbConvertBase={'display_data_priority': shown},
        TagRemovePreprocessor={'enabled': True, 'remove_input_tags': {'no-input'}}))
    text, resources = exporter.from_notebook_node(nb, resources={'output_files_dir': 'README_files'})
    for name, data in resources['outputs'].items():
        (folder/name).parent.mkdir(parents=True, exist_ok=True)
        (folder/name).write_bytes(data)
    for alt in alts: text = text.replace('![png](', f'![{alt}](', 1)
    text = re.sub(r'\n([ \t]*\n){2,}', '\n\n', text).strip() + '\n'
    (folder/'README.md').write_text(text, encoding='utf-8', newline='\n')

if __name__ == '__main__':
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    write_readme(folder)
