from .blank_files import (
    write_template as write_template,
)
from .confirmation import (
    as_confirmed as as_confirmed,
    confirmation_problems as confirmation_problems,
    read_confirmations as read_confirmations,
    write_confirmations as write_confirmations,
)
from .loading import (
    Workspace as Workspace,
    load_workspace as load_workspace,
    named_files as named_files,
    texts_of as texts_of,
    workspace_of as workspace_of,
    workspace_schema as workspace_schema,
)
from .objects import (
    LayerData as LayerData,
    TableData as TableData,
    workspace_from as workspace_from,
    written as written,
)
from .proposal import (
    Proposal as Proposal,
    choices as choices,
    propose as propose,
    write_proposal as write_proposal,
)
from .settings import (
    AccuracyTable as AccuracyTable,
    EpochTable as EpochTable,
    LayerTable as LayerTable,
    ProjectTable as ProjectTable,
    ScenarioTable as ScenarioTable,
    Source as Source,
)
from .small_tables import text_of as text_of
from .variation import (
    with_coefficients as with_coefficients,
    with_layer as with_layer,
)
