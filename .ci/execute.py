"""Run notebooks in a Jupyter kernel and save their outputs: `python .ci/execute.py [--check] NOTEBOOK ...`

Pictures are saved with a palette of 64 colours, in a third of the room.
A cell that begins with `#| needs: NAME` is left as it is, outputs and all, where NAME is missing: a corpus that is not in the
cache, or something else that the environment variable NAME, in capitals, does not name.
Stops at the first error, with exit code 1; the failing notebook is not saved. With `--check`, none is.
"""
import base64, io, os, re, sys, time
from pathlib import Path

import nbformat
from PIL import Image
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from tinygpt_nb.corpus import CORPORA, atomic_path, is_cached

def is_there(name): return is_cached(name) if name in CORPORA else bool(os.environ.get(name.upper()))

class Client(NotebookClient):
    async def async_execute_cell(self, cell, *args, **kwargs):
        needs = re.match(r'#\|\s*needs:\s*(\w+)', cell.source)
        if needs and not is_there(needs[1]): return cell
        return await super().async_execute_cell(cell, *args, **kwargs)

def with_palette(png):
    "The picture `png`, base64, with 64 colours"
    picture, out = Image.open(io.BytesIO(base64.b64decode(png))).convert('RGB'), io.BytesIO()
    picture.quantize(64, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(out, 'PNG', optimize=True)
    return base64.b64encode(out.getvalue()).decode()

def shrink(nb):
    for cell in nb.cells:
        for out in cell.get('outputs', []):
            png = out.get('data', {}).get('image/png')
            if png and Image.open(io.BytesIO(base64.b64decode(png))).mode != 'P': out['data']['image/png'] = with_palette(png)

def execute(path, save=True):
    nb, start = nbformat.read(path, as_version=4), time.time()
    Client(nb, timeout=1200, startup_timeout=300, record_timing=False, resources={'metadata': {'path': str(path.parent)}}).execute()
    if save:
        shrink(nb)
        with atomic_path(path) as tmp: nbformat.write(nb, tmp)  # another notebook may be reading this one
    print(f'{path}: {time.time() - start:.0f} s', flush=True)

if __name__ == '__main__':
    check = '--check' in sys.argv
    for path in (Path(arg) for arg in sys.argv[1:] if arg != '--check'):
        try: execute(path, save=not check)
        except CellExecutionError as e:
            plain = re.sub(r'\x1b\[[0-9;]*m', '', str(e))
            sys.exit(f'{path}: {plain}')
