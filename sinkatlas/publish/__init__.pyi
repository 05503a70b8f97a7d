from .atomic_folder import (
    RECORD as RECORD,
    Claim as Claim,
    claimed as claimed,
    published as published,
)
from .csv_tables import (
    cell as cell,
    csv_text as csv_text,
    write_csv as write_csv,
)
from .manifest import (
    is_unchanged as is_unchanged,
    read_manifest as read_manifest,
)
from .provenance import (
    Seal as Seal,
    check_seals as check_seals,
    font_hashes as font_hashes,
    sealed as sealed,
    sha256_of as sha256_of,
    software_versions as software_versions,
)
from .run_list import (
    append_run as append_run,
    listed_runs as listed_runs,
)
