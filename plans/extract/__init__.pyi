from .document import (
    Document as Document,
)
from .encodings import (
    decoded as decoded,
)
from .files import (
    read_document as read_document,
)
from .found import (
    FoundTarget as FoundTarget,
)
from .output import (
    draft_text as draft_text,
    readings_json as readings_json,
    write_draft as write_draft,
)
from .reading import (
    extract_document as extract_document,
    extract_file as extract_file,
    extract_text as extract_text,
    read_quote as read_quote,
)
from .vocabulary import (
    Metric as Metric,
    metric_of as metric_of,
)
