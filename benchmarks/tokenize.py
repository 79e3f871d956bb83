"""Speed of segmentation and counting; the measuring is in segmentation_speed.py.

Usage: python benchmarks/tokenize.py [DATA_FOLDER] [--quick]

The folder of a script stands first on Python's path, so that this name would hide the standard library's
``tokenize`` from every script here: imported under that name, this file hands over the real one.
"""

import importlib.util
import sys
from pathlib import Path

if __name__ == "__main__":
    from segmentation_speed import main

    main()
else:
    spec = importlib.util.spec_from_file_location(
        "tokenize", Path(importlib.util.__file__).parents[1] / "tokenize.py"
    )
    sys.modules["tokenize"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules["tokenize"])
