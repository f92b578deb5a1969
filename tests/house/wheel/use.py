"""Import every module of the installed wheel, and see that it is the wheel's and has its data."""

import importlib
import os
import pkgutil
import sys
from pathlib import Path

import django

import vendepunkt

# Tables of the web application can be imported once Django knows its settings.
os.environ |= {"DJANGO_SETTINGS_MODULE": "vendepunkt.web.settings", "VENDEPUNKT_SECRET_KEY": "x"}
django.setup()

source = Path(sys.argv[1]).resolve() / "src"
home = Path(vendepunkt.__file__).resolve()
if source in home.parents:
    sys.exit(f"vendepunkt was imported from the source tree: {home}")
names = [found.name for found in pkgutil.walk_packages(vendepunkt.__path__, "vendepunkt.")]
for name in names:
    if not name.endswith("__main__"):
        importlib.import_module(name)
installed = {path.relative_to(home.parent) for path in home.parent.rglob("*") if path.is_file()}
package = source / "vendepunkt"
expected = {path.relative_to(package) for path in package.rglob("*") if path.is_file()}
missing = sorted(str(p) for p in expected - installed if "__pycache__" not in p.parts)
if missing:
    sys.exit(f"the wheel lacks {missing}")
print(f"{len(names)} modules of the wheel were imported.")
