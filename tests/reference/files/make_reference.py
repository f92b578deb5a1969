"""Write reference_pyreadstat.json: what pyreadstat alone finds in the files of a folder.

Run as ``python make_reference.py FOLDER``; the stored answers were made with pyreadstat 1.3.7.
"""

import json
import sys
from pathlib import Path

import pyreadstat

folder = Path(sys.argv[1])
found = {}
for path in sorted([*folder.glob("*.sav"), *folder.glob("*.dta")]):
    read = pyreadstat.read_sav if path.suffix == ".sav" else pyreadstat.read_dta
    kept, meta = read(str(path), user_missing=True)
    dropped, _ = read(str(path), user_missing=False)
    found[path.name] = {
        "rows": len(kept),
        "columns": len(kept.columns),
        "encoding": meta.file_encoding,
        "file_label": meta.file_label,
        "variables_with_value_labels": len(meta.variable_value_labels),
        "user_missing": meta.missing_ranges,
        "user_missing_tags": meta.missing_user_values,
        "nulls_when_user_missing_dropped": int(dropped.isna().sum().sum()),
        "nulls_when_user_missing_kept": int(kept.isna().sum().sum()),
        "multiple_response_sets": meta.mr_sets,
    }
(folder / "reference_pyreadstat.json").write_text(json.dumps(found, indent=1), encoding="utf-8")
