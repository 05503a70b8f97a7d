from .archives import (
    split_archive as split_archive,
)
from .limits import (
    FREE_CELLS as FREE_CELLS,
    LARGEST_DOCUMENT as LARGEST_DOCUMENT,
    LARGEST_PDF_STREAMS as LARGEST_PDF_STREAMS,
    LARGEST_RASTER_CELLS as LARGEST_RASTER_CELLS,
    LARGEST_SETTINGS as LARGEST_SETTINGS,
    LARGEST_TOML as LARGEST_TOML,
    MOST_CHARACTERS as MOST_CHARACTERS,
    PDF_RATIO as PDF_RATIO,
    bounded_bytes as bounded_bytes,
    check_extent as check_extent,
    check_word_file as check_word_file,
    check_workbook as check_workbook,
    too_large as too_large,
)
from .paths import (
    found_path as found_path,
    is_file as is_file,
)
from .postgis import (
    is_database as is_database,
)
from .raster_blocks import (
    read_block as read_block,
)
from .remote_rasters import (
    fetch_raster as fetch_raster,
)
from .safe_open import (
    VECTOR_DRIVERS as VECTOR_DRIVERS,
    harden_environment as harden_environment,
    layer_names as layer_names,
    open_raster as open_raster,
    read_columns as read_columns,
    read_vector as read_vector,
)
from .sidecars import (
    category_names as category_names,
)
from .text_formats import (
    check_text_size as check_text_size,
    decoded as decoded,
)
from .tiff_tags import (
    DATE_TAG as DATE_TAG,
    NO_DATA_TAG as NO_DATA_TAG,
    read_tags as read_tags,
)
from .trade_texts import (
    is_parcel_text as is_parcel_text,
)
from .web import (
    address_problems as address_problems,
    is_remote as is_remote,
    url_of as url_of,
)
