"""Run notebooks in a Jupyter kernel and save their outputs: `python .ci/execute.py NOTEBOOK ...`

A cell that begins with `#| needs: NAME` is left as it is, outputs and all, where the corpus NAME is not in the cache.
Stops at the first error, with exit code 1; the failing notebook is not saved.
"""
import re, sys, time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from tinygpt_nb.corpus import is_cached

class Client(NotebookClient):
    async def async_execute_cell(self, cell, *args, **kwargs):
        needs = re.match(r'#\|\s*needs:\s*(\w+)', cell.source)
        if needs and not is_cached(needs[1]): return cell
        return await super().async_execute_cell(cell, *args, **kwargs)

def execute(path):
    nb, start = nbformat.read(path, as_version=4), time.time()
    Client(nb, timeout=1200, startup_timeout=300, resources={'metadata': {'path': str(path.parent)}}).execute()
    nbformat.write(nb, path)
    print(f'{path}: {time.time() - start:.0f} s', flush=True)

if __name__ == '__main__':
    for path in map(Path, sys.argv[1:]):
        try: execute(path)
        except CellExecutionError as e: sys.exit(f'{path}: {re.sub(chr(27) + r"[[][0-9;]*m", "", str(e))}')
