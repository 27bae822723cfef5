"""Run folders: written whole or not at all, read again, and compared."""

from gridkit.stores.check_folder import write_check
from gridkit.stores.digest import inputs_digest
from gridkit.stores.gpkg import write_defects, write_gpkg
from gridkit.stores.manifest import compare_runs, read_manifest, verify_outputs, write_manifest
from gridkit.stores.read import read_compound
from gridkit.stores.run_folder import write_run
from gridkit.stores.tables import write_links, write_tables

__all__ = [
    "compare_runs", "inputs_digest", "read_compound", "read_manifest", "verify_outputs", "write_check",
    "write_defects", "write_gpkg",
    "write_links", "write_manifest", "write_run", "write_tables",
]  # fmt: skip
